-- GROUPING SETS, ROLLUP, CUBE and GROUPING.
SELECT region, product, SUM(amount), COUNT(*) FROM sales GROUP BY ROLLUP (region, product)

SELECT region, product, SUM(amount), GROUPING(region), GROUPING(product), GROUPING(region, product) AS g FROM sales GROUP BY CUBE (region, product) ORDER BY g, region NULLS FIRST, product NULLS FIRST

SELECT region, year, AVG(amount) FROM sales GROUP BY GROUPING SETS ((region), (year), ())

SELECT region, SUM(units) FROM sales GROUP BY GROUPING SETS ((region), (region), ())

SELECT COUNT(*), SUM(n) FROM nothing GROUP BY ROLLUP (name)

SELECT name, COUNT(*), SUM(amount) FROM nothing GROUP BY CUBE (name, n)

SELECT name, COUNT(*) FROM nothing GROUP BY GROUPING SETS ((name), (n))

SELECT COUNT(*) FROM nothing GROUP BY GROUPING SETS ((), (), (name))

SELECT year % 2 AS odd, COUNT(*) FROM sales GROUP BY ROLLUP (year % 2) ORDER BY odd NULLS LAST, 2

SELECT upper(region), year + 1 AS next, MAX(amount) FROM sales GROUP BY CUBE (upper(region), year + 1)

SELECT region, SUM(amount) FROM sales GROUP BY ROLLUP (region) HAVING SUM(amount) > 5 ORDER BY GROUPING(region), region

SELECT region, product, COUNT(*) FROM sales GROUP BY ROLLUP (region, product) HAVING GROUPING(product) = 1

SELECT region, COUNT(DISTINCT product), COUNT(DISTINCT units), SUM(DISTINCT amount) FROM sales GROUP BY ROLLUP (region)

SELECT region, SUM(amount) FILTER (WHERE year = 2020), COUNT(*) FILTER (WHERE units > 2) FROM sales GROUP BY ROLLUP (region)

SELECT region, string_agg(product, '+' ORDER BY id) FROM sales GROUP BY ROLLUP (region)

SELECT region, SUM(amount) AS total, RANK() OVER (PARTITION BY GROUPING(region) ORDER BY SUM(amount) DESC) AS place FROM sales GROUP BY ROLLUP (region) ORDER BY GROUPING(region), place

SELECT region, SUM(SUM(units)) OVER (ORDER BY region NULLS LAST, GROUPING(region)) FROM sales GROUP BY ROLLUP (region)

SELECT region, year, COUNT(*) FROM sales GROUP BY region, ROLLUP (year)

SELECT region, year, product, COUNT(*) FROM sales GROUP BY ROLLUP (region, (year, product))

SELECT region, year, COUNT(*) FROM sales GROUP BY ROLLUP (region), ROLLUP (year)

SELECT region, year, COUNT(*) FROM sales GROUP BY DISTINCT ROLLUP (region), ROLLUP (region, year)

SELECT DISTINCT GROUPING(region) FROM sales GROUP BY CUBE (region, year) ORDER BY 1

SELECT COALESCE(region, 'all') AS r, SUM(amount) + 1 FROM sales GROUP BY ROLLUP (region) ORDER BY r, 2 LIMIT 3

SELECT CASE WHEN GROUPING(region) = 1 THEN 'total' ELSE region END AS label, COUNT(*) FROM sales GROUP BY ROLLUP (region)

SELECT s.region, d.title, COUNT(*) FROM sales AS s LEFT JOIN depts AS d ON d.top = s.units GROUP BY CUBE (s.region, d.title)

SELECT * FROM (SELECT region, SUM(units) AS n FROM sales GROUP BY ROLLUP (region)) AS q WHERE n > 5

SELECT region, (SELECT COUNT(*) FROM sales AS x WHERE x.region = s.region) AS same, COUNT(*) FROM sales AS s GROUP BY ROLLUP (region)

SELECT dept, (SELECT MAX(c) FROM (SELECT COUNT(*) AS c FROM sales AS s WHERE s.units > e.top GROUP BY ROLLUP (s.region)) AS q) FROM (SELECT code AS dept, top FROM depts) AS e

WITH r AS (SELECT region, year, SUM(amount) AS total FROM sales WHERE amount > 0 GROUP BY ROLLUP (region, year)) SELECT * FROM r WHERE year IS NULL

SELECT region, COUNT(*) FROM sales GROUP BY ROLLUP (region) UNION ALL SELECT 'x', 1

SELECT amount, COUNT(*) FROM sales GROUP BY ROLLUP (amount)

SELECT SUM(units) FROM sales GROUP BY GROUPING SETS (())

SELECT region, percentile_cont(0.5) WITHIN GROUP (ORDER BY score) FROM staff CROSS JOIN (SELECT region FROM sales) AS r GROUP BY ROLLUP (region)

SELECT boss, AVG(salary), STDDEV(score) FROM staff GROUP BY CUBE (boss)

SELECT region, year, COUNT(*) FROM sales GROUP BY GROUPING SETS (ROLLUP (region), CUBE (year))

SELECT region FROM sales GROUP BY ROLLUP (region) ORDER BY region DESC NULLS LAST, COUNT(*) OFFSET 1

SELECT GROUPING(amount) FROM sales GROUP BY ROLLUP (region)
