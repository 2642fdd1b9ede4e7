-- LATERAL: the right side is computed for each row of the left one.
SELECT d.code, e.name FROM depts AS d CROSS JOIN LATERAL (SELECT name FROM staff WHERE dept = d.code ORDER BY salary DESC, id LIMIT 1) AS e

SELECT d.code, e.name FROM depts AS d LEFT JOIN LATERAL (SELECT name FROM staff WHERE dept = d.code ORDER BY salary DESC, id LIMIT 1) AS e ON TRUE

SELECT d.code, e.name, e.salary FROM depts AS d LEFT JOIN LATERAL (SELECT name, salary FROM staff WHERE dept = d.code ORDER BY id LIMIT 2 OFFSET 1) AS e ON e.salary > 3000 ORDER BY d.code, e.name

SELECT d.code, s.n, s.total FROM depts AS d, LATERAL (SELECT COUNT(*) AS n, SUM(salary) AS total FROM staff AS e WHERE e.dept = d.code) AS s ORDER BY d.code

SELECT d.code, s.n, s.least FROM depts AS d LEFT JOIN LATERAL (SELECT COUNT(*) AS n, MIN(salary) FILTER (WHERE id > 2) AS least FROM staff AS e WHERE e.dept = d.code) AS s ON s.n > 0 ORDER BY d.code

SELECT d.code, s.boss, s.n FROM depts AS d CROSS JOIN LATERAL (SELECT boss, COUNT(*) AS n FROM staff WHERE dept = d.code GROUP BY boss) AS s

SELECT d.code, s.boss FROM depts AS d LEFT JOIN LATERAL (SELECT boss FROM staff WHERE dept = d.code GROUP BY boss HAVING COUNT(*) > 1) AS s ON TRUE

SELECT d.code, x.twice FROM depts AS d, LATERAL (SELECT d.top * 2 AS twice) AS x

SELECT d.code, x.y FROM depts AS d, LATERAL (SELECT d.top * 2 AS twice) AS t, LATERAL (SELECT t.twice + d.top AS y) AS x

SELECT d.code, e.name FROM depts AS d, LATERAL (SELECT name FROM staff ORDER BY id LIMIT d.top) AS e

SELECT d.code, e.name FROM depts AS d, LATERAL (SELECT name FROM staff ORDER BY id OFFSET d.top) AS e

SELECT d.code, u.v FROM depts AS d, LATERAL (SELECT name AS v FROM staff WHERE dept = d.code UNION ALL SELECT d.title) AS u

SELECT d.code, u.v FROM depts AS d, LATERAL (SELECT dept AS v FROM staff WHERE dept = d.code UNION SELECT d.code UNION SELECT 'all') AS u

SELECT d.code, u.v FROM depts AS d, LATERAL (SELECT salary AS v FROM staff WHERE dept = d.code EXCEPT SELECT 5000.00) AS u

SELECT d.code, e.dept FROM depts AS d, LATERAL (SELECT DISTINCT dept FROM staff WHERE salary > d.top * 1000) AS e

SELECT d.code, e.name FROM depts AS d, LATERAL (SELECT DISTINCT ON (boss) name FROM staff WHERE dept = d.code ORDER BY boss, id DESC) AS e

SELECT d.code, e.name, e.place FROM depts AS d, LATERAL (SELECT name, ROW_NUMBER() OVER (ORDER BY id) AS place FROM staff WHERE dept = d.code) AS e

SELECT d.code, e.name FROM depts AS d, LATERAL (SELECT name FROM staff WHERE dept = d.code ORDER BY salary DESC FETCH FIRST 1 ROW WITH TIES) AS e

SELECT d.code, e.name, e.t FROM depts AS d, LATERAL (SELECT s.name, x.title AS t FROM staff AS s LEFT JOIN depts AS x ON x.code = s.dept AND x.top > d.top WHERE s.dept = d.code) AS e

SELECT d.code, e.name, e.other FROM depts AS d, LATERAL (SELECT s.name, o.name AS other FROM (SELECT * FROM staff WHERE dept = d.code) AS s JOIN (SELECT * FROM staff WHERE dept = d.code) AS o ON o.id > s.id) AS e

SELECT d.code, e.id, f.id FROM depts AS d, LATERAL (SELECT s.id FROM staff AS s WHERE s.dept = d.code) AS e, LATERAL (SELECT s.id FROM staff AS s WHERE s.boss = e.id AND s.dept = d.code) AS f

SELECT d.code, q.n FROM depts AS d, LATERAL (SELECT COUNT(*) AS n FROM staff AS e, LATERAL (SELECT o.id FROM staff AS o WHERE o.boss = e.id AND o.dept = d.code LIMIT 1) AS o WHERE e.dept = d.code) AS q

SELECT d.code, q.n FROM depts AS d, LATERAL (WITH own AS (SELECT * FROM staff WHERE dept = d.code) SELECT COUNT(*) AS n FROM own AS a JOIN own AS b ON a.id <= b.id) AS q

SELECT d.code, q.n FROM depts AS d, LATERAL (SELECT (SELECT COUNT(*) FROM staff WHERE dept = d.code) AS n) AS q

SELECT d.code, q.name FROM depts AS d, LATERAL (SELECT name FROM staff AS e WHERE EXISTS (SELECT 1 FROM staff AS o WHERE o.boss = e.id AND o.dept = d.code)) AS q

SELECT d.code, (SELECT x.m FROM LATERAL (SELECT MAX(salary) AS m FROM staff WHERE dept = d.code) AS x) FROM depts AS d

SELECT d.code, (SELECT SUM(x.m) FROM staff AS s, LATERAL (SELECT s.salary AS m WHERE s.dept = d.code) AS x) FROM depts AS d

SELECT n.id, x.c FROM nothing AS n, LATERAL (SELECT COUNT(*) AS c FROM staff WHERE dept = n.name) AS x

SELECT d.*, x.* FROM depts AS d LEFT JOIN LATERAL (SELECT id, hired FROM staff WHERE dept = d.code AND hired > DATE '2016-01-01') AS x ON x.id <> d.top

SELECT d.code, x.n FROM depts AS d JOIN LATERAL (SELECT dept AS code, COUNT(*) AS n FROM staff WHERE id > d.top GROUP BY dept) AS x USING (code)

SELECT s.id, v.label, v.value FROM staff AS s CROSS JOIN LATERAL (VALUES ('salary', s.salary), ('twice', s.salary * 2)) AS v (label, value) WHERE s.id < 3

WITH d AS (SELECT code, top FROM depts) SELECT d.code, e.name FROM d, LATERAL (SELECT name FROM staff WHERE dept = d.code ORDER BY id LIMIT 1) AS e

SELECT COUNT(*) FROM staff AS a, LATERAL (SELECT * FROM staff AS b WHERE b.salary > a.salary) AS c

SELECT d.code, r.region, r.n FROM depts AS d, LATERAL (SELECT region, COUNT(*) AS n FROM sales WHERE units > d.top GROUP BY ROLLUP (region)) AS r

SELECT d.code, e.name FROM depts AS d RIGHT JOIN LATERAL (SELECT name FROM staff WHERE dept = d.code) AS e ON TRUE

SELECT d.code, e.name FROM depts AS d CROSS JOIN LATERAL (SELECT name, salary FROM staff WHERE dept = d.code ORDER BY id LIMIT 2) AS e WHERE d.top > 1 AND e.salary > 5000

SELECT d.code, e.name FROM depts AS d LEFT JOIN LATERAL (SELECT name, salary FROM staff WHERE dept = d.code ORDER BY id LIMIT 2) AS e ON e.salary > 5000 WHERE d.top > 0 AND EXISTS (SELECT 1 FROM staff AS x WHERE x.dept = d.code)
