-- Functions that give rows.
SELECT * FROM generate_series(1, 5)

SELECT n FROM generate_series(1, 10, 3) AS g (n)

SELECT n FROM generate_series(5, 1, -2) AS g (n)

SELECT * FROM generate_series(3, 1)

SELECT * FROM generate_series(1, NULL)

SELECT * FROM generate_series(1, 5, 0)

SELECT SUM(n) FROM generate_series(1, 100000) AS n

SELECT * FROM generate_series(1.0, 2.5, 0.5) AS x

SELECT * FROM generate_series(9223372036854775806, 9223372036854775807) AS x

SELECT * FROM generate_series(TIMESTAMP '2020-01-30', TIMESTAMP '2020-04-01', INTERVAL '1 month') AS t

SELECT * FROM generate_series(TIMESTAMP '2020-01-02 12:00', TIMESTAMP '2020-01-01', INTERVAL '-6 hours') AS t

SELECT CAST(d AS date) FROM generate_series(DATE '2020-02-27', DATE '2020-03-01', INTERVAL '1 day') AS d

SELECT * FROM generate_series(DATE '2020-02-27', DATE '2020-02-28', INTERVAL '1 day') AS d

SELECT g.n, s.id FROM generate_series(1, 3) AS g (n) LEFT JOIN sales AS s ON s.units = g.n ORDER BY g.n, s.id

SELECT d.code, n FROM depts AS d, generate_series(1, d.top) AS n

SELECT d.code, n FROM depts AS d LEFT JOIN generate_series(1, d.top) AS n ON TRUE ORDER BY d.code, n

SELECT d.code, g.n, o FROM depts AS d CROSS JOIN LATERAL generate_series(10, 10 + d.top) WITH ORDINALITY AS g (n, o)

SELECT * FROM unnest(ARRAY[1, 2, NULL])

SELECT x + 1 FROM unnest(ARRAY[1, 2, 3]) AS x WHERE x > 1

SELECT * FROM unnest(ARRAY['a', 'b']) WITH ORDINALITY

SELECT a, i FROM unnest(ARRAY['a', 'b']) WITH ORDINALITY AS u (a, i) ORDER BY i DESC

SELECT SUM(x), MAX(x) FROM unnest(ARRAY[1.50, 2.25]) AS x

SELECT * FROM unnest(ARRAY[[1, 2], [3, 4]]) AS x

SELECT * FROM unnest(NULL::int[]) AS x

SELECT d.dept, u.name FROM (SELECT dept, array_agg(name ORDER BY id) AS names FROM staff GROUP BY dept) AS d, unnest(d.names) AS u (name)

SELECT d.dept, u.x * 2 FROM (SELECT dept, array_agg(salary) AS x FROM staff GROUP BY dept) AS d CROSS JOIN unnest(d.x) AS u (x)

SELECT value FROM json_array_elements('[1, "a", null, {"b": [1,2]}, 1.50]') AS e

SELECT * FROM json_array_elements('[1, "a"]')

SELECT * FROM json_array_elements_text('[1, "a", null, {"b": 1}, 1.50]')

SELECT x.* FROM json_array_elements_text('["p","q"]') WITH ORDINALITY AS x

SELECT * FROM json_each('{"a": 1, "b": "x", "c": null, "a": [1, 2]}')

SELECT key, value FROM json_each_text('{"a": 1, "b": "x", "c": null, "d": {"e":1}}') AS j ORDER BY key

SELECT * FROM json_object_keys('{"z": 1, "a": 2}')

SELECT d.code, t.tag FROM depts AS d, json_array_elements_text(d.tags::json) AS t (tag)

SELECT d.code, t.tag, t.n FROM depts AS d LEFT JOIN LATERAL json_array_elements_text(d.tags::json) WITH ORDINALITY AS t (tag, n) ON TRUE ORDER BY d.code, t.n

SELECT d.code, q.n FROM depts AS d, LATERAL (SELECT COUNT(*) AS n FROM json_array_elements_text(d.tags::json) AS t WHERE t.value <> 'b') AS q

SELECT * FROM string_to_table('a,b,,c', ',')

SELECT * FROM string_to_table('a,b,,c', ',', '') AS t

SELECT * FROM string_to_table('abc', NULL) AS t

SELECT * FROM regexp_split_to_table('one  two three', ' +') AS w

SELECT s.id, w FROM staff AS s, regexp_split_to_table(s.name, '[aeiou]') AS w WHERE s.id < 4

SELECT generate_series(1, 3)

SELECT generate_series(1, 3) AS n, 'x'

SELECT id, unnest(string_to_array(name, 'e')) AS piece FROM staff WHERE id < 6 ORDER BY id, piece

SELECT id, generate_series(1, units) AS n FROM sales WHERE units < 3 ORDER BY id, n

SELECT dept, unnest(array_agg(name ORDER BY name)) FROM staff GROUP BY dept HAVING COUNT(*) > 1

SELECT DISTINCT unnest(ARRAY[1, 1, 2]) ORDER BY 1

SELECT unnest(ARRAY[3, 1, 2]) AS x ORDER BY x DESC LIMIT 2

SELECT COUNT(*) FROM (SELECT unnest(ARRAY[1, 2]) FROM staff) AS q

SELECT unnest(ARRAY[1, 2]) * 10

SELECT ROW_NUMBER() OVER (ORDER BY id) AS n, generate_series(1, 2) FROM depts CROSS JOIN nothing AS x (id)

SELECT EXISTS (SELECT 1 FROM unnest(ARRAY[1, 2]) AS x WHERE x = 2)

SELECT 2 IN (SELECT unnest(ARRAY[1, 2])), (SELECT SUM(x) FROM unnest(ARRAY[1, 2]) AS x)

SELECT code, (SELECT string_agg(x, '-' ORDER BY x) FROM json_array_elements_text(tags::json) AS x) FROM depts ORDER BY code

WITH days AS (SELECT CAST(d AS date) AS day FROM generate_series(TIMESTAMP '2020-02-27', TIMESTAMP '2020-03-02', INTERVAL '1 day') AS d) SELECT days.day, COUNT(s.id) FROM days LEFT JOIN sales AS s ON s.day = days.day GROUP BY days.day ORDER BY days.day

SELECT a.n, b.n FROM generate_series(1, 2) AS a (n) JOIN generate_series(1, 3) AS b (n) ON b.n > a.n

SELECT '{"a": {"b": [10, 20]}}'::json #> '{a,b}', '{"a": {"b": [10, 20]}}'::json #>> '{a,b,1}', '{"a": [1]}'::json #>> '{a,-1}', '{"a": 1}'::json #> '{x}'
