-- The tables that the statements beside this file are resolved against.
CREATE TABLE a (id integer PRIMARY KEY, x integer, y integer, name text);
CREATE TABLE b (id integer PRIMARY KEY, a_id integer, x integer, z integer, label text);
CREATE TABLE c (id integer PRIMARY KEY, b_id integer, x integer, w numeric(10,2), made date);
CREATE TABLE dept (deptno smallint PRIMARY KEY, dname text NOT NULL, loc text);
CREATE TABLE emp (
  empno integer PRIMARY KEY, ename text NOT NULL, job varchar(20), mgr integer, hired date,
  sal numeric(10,2), deptno smallint
);
CREATE TABLE tree (id integer PRIMARY KEY, parent integer, label text);
CREATE TABLE pair (p integer, q integer, val text, PRIMARY KEY (p, q));
CREATE TABLE uniq (u integer NOT NULL UNIQUE, w text);
CREATE TABLE nokey (k integer, v text, g integer);
CREATE TABLE types (
  i integer, s smallint, l bigint, n numeric(12,4), r real, f double precision, b boolean, t text,
  v varchar(10), c char(5), d date, ts timestamp, tz timestamptz, tm time, iv interval, u uuid, j jsonb
);
CREATE TABLE "Odd Names" ("Id" integer, "Full Name" text, "order" integer, id integer);
CREATE TABLE "Cased" ("Key" integer, key text);
CREATE SCHEMA other;
CREATE TABLE other.dept (deptno smallint, boss text);
CREATE TABLE other.only_there (k integer, v text);
CREATE VIEW staff AS SELECT empno, ename, deptno FROM emp;
