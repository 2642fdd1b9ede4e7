-- Arrays: on SQLite they are JSON text, shown as PostgreSQL shows them.
SELECT ARRAY[1, 2, 3], ARRAY['a', 'b c', 'NULL', NULL, ''], ARRAY[1.50, 2], ARRAY[TRUE, FALSE, NULL], ARRAY[1e0, 2.5e10], ARRAY[DATE '2020-01-31']

SELECT ARRAY[[1, 2], [3, 4]], '{{1,2},{3,4}}'::int[], '{}'::text[], ARRAY[]::int[], '{"a,b",NULL,"NULL",c}'::text[]

SELECT array_agg(id), array_agg(name ORDER BY name DESC), array_agg(salary ORDER BY id), array_agg(hired ORDER BY id), array_agg(score ORDER BY id) FROM staff

SELECT dept, array_agg(name ORDER BY id) FILTER (WHERE id > 2), array_agg(DISTINCT boss), array_agg(DISTINCT salary) FROM staff GROUP BY dept

SELECT array_agg(id) FROM nothing

SELECT x[1], x[3], x[0], x[4], x[-1], x[NULL] FROM (SELECT ARRAY[10, 20, 30] AS x) AS q

SELECT x[2:3], x[:2], x[2:], x[:], x[5:6], x[3:2] FROM (SELECT ARRAY[10, 20, 30] AS x) AS q

SELECT x[1][2], x[2][1], x[1], x[3][1], x[1:1], x[1:2][2:2], x[2:2][1] FROM (SELECT ARRAY[[1, 2], [3, 4]] AS x) AS q

SELECT (array_agg(salary ORDER BY id))[2] * 2, (array_agg(salary ORDER BY id))[6] FROM staff

SELECT id, id = ANY (ARRAY[1, 2] || 5), id <> ALL ('{1,2}'::int[]), id > ANY ('{3,NULL}'::int[]), id < ALL ('{}'::int[]) FROM staff ORDER BY id

SELECT name FROM staff WHERE dept = ANY (SELECT code FROM depts WHERE top > 1) OR name = ANY (string_to_array('Fay,Gus', ','))

SELECT 1 = ANY (NULL::int[]), NULL = ANY ('{1}'::int[]), 2.0 = ANY (ARRAY[1.50, 2.00] || NULL), 1 = ALL ('{1,1}'::int[])

SELECT array_length(ARRAY[1, 2], 1), array_length('{}'::int[], 1), array_length(ARRAY[[1, 2, 3]], 2), cardinality(ARRAY[[1, 2, 3]]), cardinality('{}'::int[]), array_upper(ARRAY[1, 2], 1), array_lower(ARRAY[1, 2], 1), array_ndims(ARRAY[[1]]), array_ndims('{}'::int[])

SELECT ARRAY[1, 2] || 3, 0 || ARRAY[1], ARRAY[1] || ARRAY[2, 3], ARRAY[1] || NULL::int, NULL::int[] || 1, ARRAY[1] || NULL::int[], ARRAY[[1, 2]] || ARRAY[3, 4], ARRAY[1] || 2.5, 'x' || ARRAY['y']

SELECT array_append(ARRAY[1], 2), array_prepend(0, ARRAY[1]), array_cat(ARRAY[1], ARRAY[2]), array_append(NULL::text[], 'a'), array_append(ARRAY['a'], NULL)

SELECT array_position(ARRAY['a', 'b', 'a'], 'a'), array_position(ARRAY['a', 'b', 'a'], 'a', 2), array_position(ARRAY[1, NULL], NULL), array_position(ARRAY[1.0, 2.00], 2), array_position(ARRAY[1], 5), array_positions(ARRAY[1, 2, 1], 1)

SELECT array_remove(ARRAY[1, 2, 1, NULL], 1), array_remove(ARRAY[1, NULL], NULL), array_replace(ARRAY[1, 2, 1], 1, 9), array_replace(ARRAY['a', NULL], NULL, 'x'), trim_array(ARRAY[1, 2, 3], 2)

SELECT array_to_string(ARRAY[1, NULL, 3], ','), array_to_string(ARRAY[1, NULL, 3], ',', '*'), array_to_string(ARRAY[TRUE, FALSE], '/'), array_to_string(ARRAY[1.50, 2.5], ' '), array_to_string(ARRAY[1e0, 1e20], ' '), array_to_string('{}'::int[], ',')

SELECT string_to_array('a,b,,c', ','), string_to_array('a,b,,c', ',', ''), string_to_array('', ','), string_to_array('abc', NULL), string_to_array('abc', ''), string_to_array(NULL, ',')

SELECT regexp_split_to_array('a1b22c', '[0-9]+'), regexp_split_to_array('abc', ''), regexp_split_to_array('aXbxc', 'x', 'i')

SELECT ARRAY[1, 2, 3] @> ARRAY[2], ARRAY[1, 2] @> ARRAY[4], ARRAY[1] <@ ARRAY[1, 2], ARRAY[1, 2] && ARRAY[2, 9], ARRAY[1] && '{}'::int[], ARRAY[1, NULL] @> ARRAY[NULL]::int[], ARRAY[1.0] @> ARRAY[1.00]

SELECT ARRAY[1, 2] = ARRAY[1, 2], ARRAY[1, 2] < ARRAY[1, 3], ARRAY[1] < ARRAY[1, 0], ARRAY['b'] > ARRAY['a', 'z'], ARRAY[1.0] = ARRAY[1.00], ARRAY[NULL::int] > ARRAY[5], ARRAY[-1] < ARRAY[1], ARRAY[2] IS DISTINCT FROM ARRAY[2], ARRAY[1] IN (ARRAY[1], ARRAY[2])

SELECT x FROM (VALUES (ARRAY[2, 1]), (ARRAY[1]), (ARRAY[10]), (NULL), ('{}'), (ARRAY[1, NULL])) AS v (x) ORDER BY x

SELECT x FROM (VALUES (ARRAY[-1.5]), (ARRAY[1.25]), (ARRAY[10.0])) AS v (x) ORDER BY x DESC

SELECT x, COUNT(*) FROM (VALUES (ARRAY[1]), (ARRAY[1]), (NULL), (ARRAY[2])) AS v (x) GROUP BY x

SELECT DISTINCT string_to_array(region, 'o') AS parts FROM sales ORDER BY parts

SELECT ARRAY[1] UNION ALL SELECT ARRAY[2, 3] UNION ALL SELECT NULL

SELECT ARRAY(SELECT id FROM staff WHERE dept = 'IT' ORDER BY id DESC), ARRAY(SELECT id FROM nothing), ARRAY(SELECT salary FROM staff ORDER BY id LIMIT 2)

SELECT code, ARRAY(SELECT name FROM staff WHERE dept = code ORDER BY id) AS names FROM depts ORDER BY code

SELECT '{1,2}'::text, ARRAY[1, 2]::text, ARRAY[1, 2]::text[], ARRAY['1', '2']::int[], ARRAY[1.5, 2.5]::int[], ARRAY[1]::numeric[], CAST(ARRAY['a b'] AS text)

SELECT ('{"x","y"}'::text[])[2], tags::text FROM depts ORDER BY code

SELECT name FROM staff WHERE id = ANY ('{1,3}')

SELECT COALESCE(array_agg(id) FILTER (WHERE id > 100), '{}') FROM staff

SELECT CASE WHEN id = 1 THEN ARRAY['x'] ELSE string_to_array(name, 'e') END FROM staff ORDER BY id

SELECT dept, (array_agg(name ORDER BY salary DESC NULLS LAST, id))[1] AS best FROM staff GROUP BY dept

SELECT max(x), min(x) FROM (VALUES (ARRAY[2, 1]), (ARRAY[1, 5])) AS v (x)

SELECT ARRAY[1, 'x'::text]

SELECT (ARRAY['a', 'b'])[2]

SELECT '{1,2'::int[]

SELECT array_agg(id ORDER BY id) OVER (PARTITION BY dept) FROM staff

SELECT id, array_agg(id) OVER (ORDER BY id ROWS 1 PRECEDING) FROM staff ORDER BY id
