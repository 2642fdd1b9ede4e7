-- Decimals of several scales, and arithmetic of moments and intervals.
SELECT id, big > 0, big = 0, big < small FROM money ORDER BY id

SELECT MAX(big), MIN(big), SUM(big), COUNT(DISTINCT big) FROM money

SELECT MAX(free), MIN(free), SUM(free), AVG(free), COUNT(DISTINCT free) FROM money

SELECT big, COUNT(*) FROM money GROUP BY big ORDER BY big

SELECT free, COUNT(*) FROM money GROUP BY free ORDER BY free

SELECT free + 0 AS f, COUNT(*), SUM(id) FROM money GROUP BY free + 0 ORDER BY f DESC

SELECT COUNT(*) FROM (SELECT DISTINCT free FROM money) AS q

SELECT COUNT(*) FROM (SELECT DISTINCT free * 1 AS x, small FROM money) AS q

SELECT COUNT(*) FROM (SELECT free FROM money UNION SELECT small FROM money) AS q

SELECT free FROM money INTERSECT SELECT small FROM money

SELECT COUNT(*) FROM (SELECT free FROM money EXCEPT SELECT small FROM money) AS q

SELECT id, CASE WHEN id < 3 THEN small ELSE free END FROM money ORDER BY id

SELECT id, COALESCE(small, free, 0) FROM money ORDER BY id

SELECT id, GREATEST(small, free), LEAST(small, big, 1) FROM money ORDER BY id

SELECT * FROM (VALUES (1.5), (2.25), (3)) AS v (x) ORDER BY x

SELECT 1.5 UNION ALL SELECT 2.25 UNION ALL SELECT 3

SELECT x, COUNT(*) FROM (VALUES (1.5), (1.50), (2)) AS v (x) GROUP BY x

SELECT DISTINCT x FROM (VALUES (1.5), (1.50), (2)) AS v (x)

SELECT big + small, big * 2, big / 3, big - big, -big, ABS(big), ROUND(big, 2) FROM money ORDER BY id

SELECT a.id, b.id FROM money AS a JOIN money AS b ON a.free = b.small ORDER BY 1, 2

SELECT id FROM money WHERE free IN (1.5, 100) ORDER BY id

SELECT id FROM money WHERE free IN (SELECT small FROM money) ORDER BY id

SELECT id, RANK() OVER (ORDER BY free), SUM(free) OVER (ORDER BY id) FROM money ORDER BY id

SELECT id, COUNT(*) OVER (PARTITION BY free + 0) FROM money ORDER BY id

SELECT id, AVG(big) OVER (PARTITION BY small ORDER BY id) FROM money ORDER BY id

SELECT SUM(big * small), AVG(big) FROM money

SELECT free FROM money ORDER BY free DESC NULLS LAST LIMIT 2

SELECT DISTINCT free FROM money ORDER BY free

SELECT hired + INTERVAL '1 day', hired + 1, hired - INTERVAL '1 month', hired - 30 FROM staff ORDER BY id

SELECT hired + id * INTERVAL '1 day', hired + INTERVAL '1 month' * id, hired - id * INTERVAL '2 hours' FROM staff ORDER BY id

SELECT hired + make_interval(days => id), hired + make_interval(0, 1), hired + make_interval(years => 1, months => 2, weeks => 1, days => 3, hours => 4, mins => 5, secs => 6.5) FROM staff ORDER BY id

SELECT hired - DATE '2016-01-01', age(TIMESTAMP '2021-03-01', hired), TIMESTAMP '2021-03-01 12:00' - hired FROM staff ORDER BY id

SELECT at - TIMESTAMP '2020-01-01', at + INTERVAL '1 month 2 days 03:04:05', age(at, TIMESTAMP '2020-02-29') FROM sales ORDER BY id

SELECT justify_days(INTERVAL '65 days'), justify_hours(INTERVAL '50 hours'), justify_interval(INTERVAL '1 month -1 hour'), INTERVAL '1 day' * 2.5, INTERVAL '1 month' / 2, INTERVAL '1 day' + INTERVAL '2 hours', -INTERVAL '1 day'

SELECT INTERVAL '1 day' > INTERVAL '23 hours', INTERVAL '1 month' = INTERVAL '30 days', INTERVAL '1 year' < INTERVAL '365 days', INTERVAL '1 day' BETWEEN INTERVAL '0' AND INTERVAL '1 week'

SELECT (id || ' days')::interval, INTERVAL '1 day' * id FROM staff ORDER BY id

SELECT MAX(hired - DATE '2000-01-01'), SUM(at - TIMESTAMP '2020-01-01'), AVG(at - TIMESTAMP '2020-01-01'), MIN(at - TIMESTAMP '2020-01-01'), MAX(at - TIMESTAMP '2020-01-01') FROM sales CROSS JOIN (SELECT MAX(hired) AS hired FROM staff) AS h

SELECT GREATEST(INTERVAL '1 day', INTERVAL '25 hours', NULL), LEAST(INTERVAL '1 month', INTERVAL '31 days')

SELECT at AT TIME ZONE 'UTC', (at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' FROM sales ORDER BY id

SELECT TIMESTAMP '2020-01-01 12:00' AT TIME ZONE '+02', TIMESTAMPTZ '2020-01-01 12:00+00' AT TIME ZONE '-05:30', TIMESTAMP '2020-01-01 12:00' AT TIME ZONE INTERVAL '3 hours', TIMESTAMPTZ '2020-01-01 12:00+00' AT TIME ZONE 'UTC+2'

SELECT TIMESTAMPTZ '2020-01-01 12:00+02', TIMESTAMPTZ '2020-01-01 12:00+00' + INTERVAL '1 day', TIMESTAMPTZ '2020-03-01 00:00+00' - TIMESTAMPTZ '2020-02-01 00:00+00'

SELECT INTERVAL '1' YEAR, INTERVAL '2' MONTH, INTERVAL '1-2' YEAR TO MONTH, INTERVAL '3 04:05' DAY TO MINUTE, INTERVAL 'P1Y2M3DT4H5M6S', INTERVAL '-1 day ago', INTERVAL '1.5 hours'

SELECT date_trunc('month', at), date_trunc('week', day), extract(epoch FROM at - TIMESTAMP '2020-01-01'), extract(day FROM at - TIMESTAMP '2020-01-01') FROM sales ORDER BY id

SELECT TIME '10:00' + INTERVAL '90 minutes', TIME '01:00' - INTERVAL '2 hours', TIME '10:00' - TIME '08:30', DATE '2020-01-01' + TIME '10:30'

SELECT day, COUNT(*) FROM sales WHERE day >= DATE '2020-01-01' - INTERVAL '1 day' * 1 GROUP BY day ORDER BY day

SELECT hired, hired + (INTERVAL '1 year' * boss) FROM staff ORDER BY id

SELECT date_trunc('year', hired + INTERVAL '6 months')::date FROM staff ORDER BY id

SELECT make_date(2020, 2, 29), make_timestamp(2020, 2, 29, 1, 2, 3.5), to_timestamp(0), make_time(1, 2, 3.25)

SELECT (DATE '2020-01-31' + INTERVAL '1 month')::date, DATE '2020-03-31' - INTERVAL '1 month', DATE '2020-02-29' + INTERVAL '1 year'

SELECT id, day - LAG(day) OVER (ORDER BY id), at - LAG(at) OVER (ORDER BY id) FROM sales ORDER BY id

SELECT day - day, COUNT(*) FROM sales GROUP BY 1 ORDER BY 1

SELECT at - TIMESTAMP '2020-01-01' AS gap, COUNT(*) FROM sales GROUP BY gap ORDER BY gap

SELECT DISTINCT at - TIMESTAMP '2020-01-01' FROM sales
