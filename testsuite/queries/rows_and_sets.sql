-- Row values, ANY and ALL, set operations, joins, stars, limits.
SELECT id FROM sales WHERE (region, product) = ('north', 'tea')

SELECT id, (region, units) < ('south', 2), (region, units) >= ('north', 3), (amount, units) <= (7.25, 2), (region, units) <> ('north', 3) FROM sales ORDER BY id

SELECT id FROM sales WHERE (region, year) IN (('north', 2020), ('south', 2021))

SELECT id FROM sales WHERE (region, year) NOT IN (('north', 2020), ('south', 2021))

SELECT id FROM sales WHERE (region, units) IN (SELECT region, MAX(units) FROM sales GROUP BY region)

SELECT id FROM sales WHERE (amount, units) NOT IN (SELECT amount, units FROM sales WHERE id > 6)

SELECT id, (region, units) IS DISTINCT FROM ('north', NULL), (region, units) IS NOT DISTINCT FROM (NULL, 5) FROM sales ORDER BY id

SELECT id FROM sales WHERE (region, units) BETWEEN ('east', 0) AND ('north', 4) ORDER BY id

SELECT id FROM sales WHERE (units, id) NOT BETWEEN (1, 5) AND (3, 1) ORDER BY id

SELECT id, (region, product) IS NULL, (region, product) IS NOT NULL FROM sales ORDER BY id

SELECT id, ROW(units, amount) = ROW(5, 3.1) FROM sales ORDER BY id

SELECT id FROM sales WHERE (region, units) = (SELECT 'south', 1)

SELECT id FROM sales WHERE (region, units) > (SELECT region, units FROM sales WHERE id = 1) ORDER BY id

SELECT id FROM sales WHERE units > ALL (SELECT units FROM sales WHERE region = 'south')

SELECT id FROM sales WHERE units >= ANY (VALUES (3), (5)) ORDER BY id

SELECT id FROM sales WHERE amount = ANY (VALUES (7.25), (1))

SELECT id, units <> ALL (SELECT units FROM sales WHERE id > 4), units = ANY (SELECT n FROM nothing), units < ALL (SELECT n FROM nothing) FROM sales ORDER BY id

SELECT id FROM sales WHERE units = SOME (SELECT top FROM depts) ORDER BY id

SELECT COUNT(*) = ANY (SELECT 8), MAX(units) > ALL (SELECT top FROM depts WHERE top IS NOT NULL) FROM sales

SELECT region FROM sales UNION ALL SELECT dept FROM staff

SELECT region FROM sales INTERSECT ALL SELECT region FROM sales WHERE id > 2

SELECT region FROM sales EXCEPT ALL SELECT region FROM sales WHERE id > 5

SELECT units FROM sales EXCEPT ALL SELECT NULL

(SELECT id FROM sales ORDER BY amount DESC NULLS LAST LIMIT 2) UNION ALL (SELECT id FROM staff ORDER BY id DESC LIMIT 1)

SELECT 1 UNION (SELECT 2 EXCEPT SELECT 2) UNION ALL SELECT 1

(SELECT 1 UNION ALL SELECT 1) INTERSECT SELECT 1

SELECT 1 AS n UNION ALL SELECT 2 INTERSECT SELECT 2 ORDER BY n DESC

((SELECT 3) UNION ALL (SELECT 1 UNION ALL SELECT 2)) ORDER BY 1 LIMIT 2

SELECT amount FROM sales UNION SELECT 7.250 UNION SELECT 1

SELECT 1 AS x UNION ALL SELECT 2.50

SELECT units FROM sales UNION SELECT score FROM staff

SELECT * FROM (SELECT code AS dept, top FROM depts) AS d NATURAL JOIN (SELECT dept, id FROM staff) AS s

SELECT * FROM (SELECT code AS dept, top FROM depts) AS d NATURAL FULL JOIN (SELECT dept, id FROM staff) AS s ORDER BY dept, id

SELECT dept, d.dept, s.dept FROM (SELECT code AS dept FROM depts) AS d FULL JOIN staff AS s USING (dept) ORDER BY s.id, dept

SELECT * FROM (SELECT 1 AS a, 2 AS b) AS x FULL JOIN (SELECT 1 AS a, 3 AS c) AS y USING (a) FULL JOIN (SELECT 5 AS a, 6 AS d) AS z USING (a) ORDER BY a

SELECT s.id, d.code FROM staff AS s FULL JOIN depts AS d ON d.code = s.dept ORDER BY s.id, d.code

SELECT s.id, d.code FROM staff AS s RIGHT JOIN depts AS d ON d.code = s.dept AND s.id > 2 ORDER BY d.code, s.id

SELECT * EXCLUDE (title, tags) FROM depts ORDER BY code ==> SELECT code, top FROM depts ORDER BY code

SELECT * EXCLUDE (id, boss, salary, score, hired, tags) FROM staff AS s JOIN depts AS d ON d.code = s.dept ORDER BY s.id ==> SELECT name, dept, code, title, top FROM staff AS s JOIN depts AS d ON d.code = s.dept ORDER BY s.id

SELECT * EXCLUDE (s.id, boss, salary, score, hired, tags) REPLACE (upper(name) AS name) FROM staff AS s JOIN depts AS d ON d.code = s.dept ORDER BY s.id ==> SELECT upper(name) AS name, dept, code, title, top FROM staff AS s JOIN depts AS d ON d.code = s.dept ORDER BY s.id

SELECT d.* EXCLUDE (tags) REPLACE (top + 1 AS top) FROM depts AS d ORDER BY code ==> SELECT code, title, top + 1 AS top FROM depts ORDER BY code

SELECT region, product, SUM(units) FROM sales GROUP BY ALL ==> SELECT region, product, SUM(units) FROM sales GROUP BY 1, 2

SELECT region, units FROM sales ORDER BY ALL ==> SELECT region, units FROM sales ORDER BY region, units

SELECT region, units FROM sales ORDER BY ALL DESC ==> SELECT region, units FROM sales ORDER BY region DESC, units DESC

SELECT id, region FROM sales QUALIFY ROW_NUMBER() OVER (PARTITION BY region ORDER BY id) = 1 ORDER BY id ==> SELECT id, region FROM (SELECT id, region, ROW_NUMBER() OVER (PARTITION BY region ORDER BY id) AS n FROM sales) AS q WHERE n = 1 ORDER BY id

SELECT DISTINCT ON (region) region, id FROM sales ORDER BY region, units DESC NULLS LAST, id

SELECT DISTINCT ON (region, year % 2) id FROM sales ORDER BY region, year % 2, id DESC

SELECT * FROM (SELECT id, units FROM sales ORDER BY units DESC NULLS LAST FETCH FIRST 1 ROW WITH TIES) AS q

SELECT units FROM sales ORDER BY units OFFSET 1 ROWS FETCH NEXT 3 ROWS WITH TIES

SELECT id FROM sales ORDER BY id FETCH FIRST ROW ONLY

SELECT id FROM sales ORDER BY id OFFSET 6

SELECT id FROM sales ORDER BY id LIMIT ALL OFFSET 7

SELECT id FROM sales ORDER BY id LIMIT NULL

SELECT id FROM sales ORDER BY id LIMIT 1 + 1 OFFSET 2 * 1

SELECT id FROM sales ORDER BY id LIMIT -1

SELECT id FROM sales ORDER BY id LIMIT (SELECT COUNT(*) FROM depts)

SELECT id FROM staff WHERE dept = 'IT' ORDER BY id FOR UPDATE

SELECT id FROM staff WHERE dept = 'IT' ORDER BY id FOR SHARE SKIP LOCKED

SELECT s.id FROM staff AS s JOIN depts AS d ON d.code = s.dept WHERE d.code = 'HR' ORDER BY s.id FOR UPDATE OF s NOWAIT

SELECT dept, COUNT(*) FROM staff GROUP BY dept FOR UPDATE

SELECT (SELECT id FROM staff WHERE dept = 'IT')

SELECT id FROM staff WHERE id = (SELECT id FROM staff WHERE dept = 'IT')

SELECT (SELECT id FROM nothing), (SELECT id FROM staff WHERE dept = 'OPS')

WITH RECURSIVE up (id, name, level) AS (SELECT id, name, 0 FROM staff WHERE boss IS NULL UNION ALL SELECT s.id, s.name, up.level + 1 FROM staff AS s JOIN up ON up.id = s.boss) SELECT * FROM up ORDER BY level, id

WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n ORDER BY i DESC LIMIT 3

WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n LIMIT 4

WITH RECURSIVE n (i) AS (SELECT 1 UNION SELECT (i * 2) % 7 FROM n) SELECT i FROM n ORDER BY i

WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5 ORDER BY i LIMIT 2) SELECT i FROM n

WITH RECURSIVE a (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM a WHERE i < 3), b AS (SELECT i * 10 AS j FROM a) SELECT a.i, b.j FROM a JOIN b ON b.j = a.i * 10 ORDER BY 1

WITH t AS MATERIALIZED (SELECT id FROM staff), u AS NOT MATERIALIZED (SELECT id FROM t) SELECT COUNT(*) FROM u

SELECT * FROM (VALUES (1, 'a'), (2, NULL)) AS v (n, s) WHERE n > 1

SELECT v.* FROM (VALUES (1.5), (2)) AS v

VALUES (1, 'x'), (2, 'y') ORDER BY 1 DESC

TABLE depts

FROM depts ==> SELECT * FROM depts

FROM staff SELECT id WHERE id < 3 ==> SELECT id FROM staff WHERE id < 3

SELECT id FROM staff AS s WHERE NOT EXISTS (SELECT 1 FROM staff AS o WHERE o.boss = s.id) ORDER BY id

SELECT dept FROM staff GROUP BY dept HAVING COUNT(*) > (SELECT COUNT(*) FROM nothing) + 1

SELECT id FROM staff WHERE id BETWEEN SYMMETRIC 5 AND 3 ORDER BY id

SELECT name FROM staff WHERE name LIKE ANY (ARRAY['A%', '%e']) ORDER BY id

SELECT name FROM staff WHERE name NOT LIKE ALL (ARRAY['A%', '%e']) ORDER BY id

SELECT name FROM staff WHERE name ILIKE ANY ('{a%,b%}') ORDER BY id

SELECT COUNT(*) FROM staff AS a, staff AS b WHERE a.id < b.id AND (a.dept, a.boss) IS NOT DISTINCT FROM (b.dept, b.boss)

SELECT a.id FROM staff AS a WHERE (a.id, a.dept) IN (SELECT b.id, b.dept FROM staff AS b WHERE b.boss = 1) ORDER BY 1

SELECT dept, MAX(salary) > ALL (SELECT d.top * 2000 FROM depts AS d WHERE d.top IS NOT NULL) FROM staff GROUP BY dept

SELECT dept, COUNT(*), (SELECT COUNT(*) FROM depts WHERE top <= COUNT(s.id)) FROM staff AS s GROUP BY dept

SELECT dept FROM staff AS s GROUP BY dept HAVING EXISTS (SELECT 1 FROM depts AS d WHERE d.top = COUNT(s.id)) ORDER BY dept

SELECT dept, (SELECT title FROM depts WHERE code = s.dept) AS t, MIN(id) FROM staff AS s GROUP BY dept ORDER BY MIN(id)

SELECT upper(dept) AS d, (SELECT COUNT(*) FROM depts WHERE code = upper(s.dept)) FROM staff AS s GROUP BY upper(dept)

SELECT id, RANK() OVER (ORDER BY salary) > ANY (SELECT top FROM depts) FROM staff ORDER BY id

SELECT dept, (COUNT(*), MIN(boss)) = (SELECT 2, 1) FROM staff GROUP BY dept

SELECT id FROM staff WHERE (id, dept) = (SELECT id, dept FROM staff)

SELECT (1, 2) = (SELECT id, boss FROM nothing, staff)

SELECT id FROM staff ORDER BY id LIMIT 1 FOR UPDATE

SELECT DISTINCT dept FROM staff FOR UPDATE
