-- Joins that PostgreSQL has no words for.
SELECT code FROM depts AS d SEMI JOIN staff AS s ON s.dept = d.code ==> SELECT code FROM depts AS d WHERE EXISTS (SELECT 1 FROM staff AS s WHERE s.dept = d.code)

SELECT code FROM depts AS d ANTI JOIN staff AS s ON s.dept = d.code ==> SELECT code FROM depts AS d WHERE NOT EXISTS (SELECT 1 FROM staff AS s WHERE s.dept = d.code)

SELECT * FROM (SELECT code AS dept, top FROM depts) AS d SEMI JOIN staff USING (dept) ==> SELECT code AS dept, top FROM depts WHERE code IN (SELECT dept FROM staff)

SELECT d.code, e.id FROM depts AS d LEFT SEMI JOIN staff AS s ON s.dept = d.code AND s.salary > 4000 JOIN staff AS e ON e.dept = d.code WHERE e.id > 1 ==> SELECT d.code, e.id FROM depts AS d JOIN staff AS e ON e.dept = d.code WHERE e.id > 1 AND d.code IN (SELECT dept FROM staff WHERE salary > 4000)

SELECT s.id FROM depts AS d RIGHT ANTI JOIN staff AS s ON s.dept = d.code ==> SELECT id FROM staff WHERE dept IS NULL

SELECT dept, COUNT(*) FROM staff AS s SEMI JOIN depts AS d ON d.code = s.dept AND d.top > 0 GROUP BY dept ==> SELECT dept, COUNT(*) FROM staff WHERE dept IN ('IT', 'HR') GROUP BY dept

SELECT s.id FROM depts AS d SEMI JOIN staff AS s ON s.dept = d.code ==> SELECT x FROM nowhere

SELECT a.id, b.id AS before FROM staff AS a ASOF JOIN sales AS b ON a.hired >= b.day ==> SELECT a.id, b.id AS before FROM staff AS a CROSS JOIN LATERAL (SELECT id FROM sales WHERE a.hired >= day ORDER BY day DESC LIMIT 1) AS b

SELECT a.id, b.day FROM staff AS a ASOF LEFT JOIN sales AS b ON b.units > 1 AND a.hired < b.day ORDER BY a.id ==> SELECT a.id, b.day FROM staff AS a LEFT JOIN LATERAL (SELECT day FROM sales WHERE units > 1 AND a.hired < day ORDER BY day LIMIT 1) AS b ON TRUE ORDER BY a.id

SELECT COUNT(*) FROM staff TABLESAMPLE BERNOULLI (100)

-- refused: TABLESAMPLE
SELECT COUNT(*) FROM staff AS s TABLESAMPLE SYSTEM (100) REPEATABLE (42) JOIN depts AS d ON d.code = s.dept
