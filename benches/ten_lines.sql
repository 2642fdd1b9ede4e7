-- A shop's tables, then statements as people write them, about ten lines each, with a blank line between.
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT, city TEXT, country CHAR(2), since DATE);
CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, category TEXT, price DECIMAL(10,2), stock INTEGER);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER, ordered DATE, shipped DATE, status TEXT, freight DECIMAL(8,2));
CREATE TABLE order_lines (order_id INTEGER, product_id INTEGER, quantity INTEGER, price DECIMAL(10,2), discount DECIMAL(4,2));
CREATE TABLE employees (id INTEGER PRIMARY KEY, name TEXT, boss INTEGER, dept TEXT, salary DECIMAL(10,2), hired DATE);

SELECT c.name, c.city,
       COUNT(*) AS orders,
       MAX(o.ordered) AS latest
FROM customers AS c
JOIN orders AS o ON o.customer_id = c.id
WHERE c.country = 'DE'
  AND o.status <> 'cancelled'
GROUP BY c.id, c.name, c.city
ORDER BY orders DESC, c.name;

SELECT p.category,
       SUM(l.quantity) AS pieces,
       SUM(l.quantity * l.price) AS turnover
FROM order_lines AS l
JOIN products AS p ON p.id = l.product_id
JOIN orders AS o ON o.id = l.order_id
WHERE o.ordered BETWEEN DATE '2024-01-01' AND DATE '2024-03-31'
GROUP BY p.category
HAVING SUM(l.quantity) > 100
ORDER BY turnover DESC;

SELECT e.name,
       e.dept,
       e.salary,
       b.name AS boss
FROM employees AS e
LEFT JOIN employees AS b ON b.id = e.boss
WHERE e.salary > 50000
  AND e.hired < DATE '2020-01-01'
ORDER BY e.dept, e.salary DESC
LIMIT 20;

SELECT name, price, stock,
       CASE
         WHEN stock = 0 THEN 'sold out'
         WHEN stock < 10 THEN 'few'
         ELSE 'plenty'
       END AS supply
FROM products
WHERE category IN ('books', 'games', 'music')
  AND price BETWEEN 5 AND 50
ORDER BY category, price;

SELECT c.name
FROM customers AS c
WHERE EXISTS (
  SELECT 1
  FROM orders AS o
  WHERE o.customer_id = c.id
    AND o.ordered >= DATE '2024-01-01')
  AND c.email IS NOT NULL
  AND c.city LIKE 'B%'
ORDER BY c.name;

WITH totals AS (
  SELECT o.customer_id, SUM(l.quantity * l.price) AS total
  FROM orders AS o
  JOIN order_lines AS l ON l.order_id = o.id
  GROUP BY o.customer_id)
SELECT c.name, t.total
FROM totals AS t
JOIN customers AS c ON c.id = t.customer_id
WHERE t.total > 1000
ORDER BY t.total DESC;

SELECT dept,
       name,
       salary,
       RANK() OVER (PARTITION BY dept ORDER BY salary DESC) AS place,
       SUM(salary) OVER (PARTITION BY dept) AS of_dept
FROM employees
WHERE dept IS NOT NULL
  AND salary > 0
ORDER BY dept, place
LIMIT 50;

SELECT ordered,
       COUNT(*) AS orders,
       SUM(freight) AS freight,
       RUNSUM(SUM(freight)) AS so_far
FROM orders
WHERE status = 'shipped'
  AND shipped IS NOT NULL
  AND freight > 0
GROUP BY ordered
ORDER BY ordered;

SELECT c.country,
       COUNT(DISTINCT c.id) AS customers,
       COUNT(o.id) AS orders,
       AVG(o.freight) AS freight
FROM customers AS c
LEFT JOIN orders AS o
  ON o.customer_id = c.id AND o.status = 'shipped'
WHERE c.since < DATE '2023-01-01'
GROUP BY c.country
ORDER BY c.country;

SELECT p.name, p.price
FROM products AS p
WHERE p.price > (
  SELECT AVG(q.price)
  FROM products AS q
  WHERE q.category = p.category)
  AND p.stock > 0
  AND p.category <> 'gifts'
ORDER BY p.category,
         p.price DESC;

SELECT o.id, o.ordered, o.shipped,
       o.shipped - o.ordered AS days
FROM orders AS o
JOIN customers AS c ON c.id = o.customer_id
WHERE o.shipped IS NOT NULL
  AND o.shipped - o.ordered > 14
  AND (c.country = 'FR' OR c.country = 'ES')
  AND NOT o.status = 'returned'
ORDER BY days DESC
LIMIT 100;

SELECT name, city, 'customer' AS kind
FROM customers
WHERE country = 'IT'
UNION ALL
SELECT name, dept, 'employee'
FROM employees
WHERE salary > 40000
UNION ALL
SELECT name, category, 'product' FROM products
ORDER BY kind, name
LIMIT 200;

SELECT l.order_id,
       l.product_id,
       l.quantity * l.price * (1 - l.discount) AS net,
       l.quantity * l.price AS gross
FROM order_lines AS l
JOIN orders AS o ON o.id = l.order_id
WHERE o.customer_id = :customer
  AND o.ordered >= :since
  AND l.discount > 0
ORDER BY l.order_id, l.product_id;

SELECT UPPER(c.name) AS name,
       COALESCE(c.email, 'none') AS email,
       SUBSTRING(c.city, 1, 3) AS place,
       LENGTH(c.name) AS letters
FROM customers AS c
WHERE LOWER(c.city) = 'paris'
   OR TRIM(c.city) = ''
   OR c.city IS NULL
ORDER BY letters DESC, name
LIMIT 10;

SELECT c.city, c.country
FROM customers AS c
WHERE c.id IN (
  SELECT o.customer_id
  FROM orders AS o
  JOIN order_lines AS l ON l.order_id = o.id
  WHERE l.product_id = 42)
GROUP BY c.city, c.country
HAVING COUNT(*) >= 2
ORDER BY c.country, c.city;

SELECT o.status,
       COUNT(*) AS n,
       COUNT(*) FILTER (WHERE o.freight > 10) AS dear,
       MIN(o.ordered) AS earliest,
       MAX(o.ordered) AS latest
FROM orders AS o
WHERE o.customer_id > 0
GROUP BY o.status
HAVING COUNT(*) > 5
ORDER BY n DESC;

SELECT a.name AS one, b.name AS other
FROM employees AS a
JOIN employees AS b
  ON a.dept = b.dept
 AND a.id < b.id
WHERE a.salary BETWEEN 30000 AND 40000
  AND b.salary BETWEEN 30000 AND 40000
  AND a.boss = b.boss
ORDER BY one, other
LIMIT 25;

WITH RECURSIVE chain AS (
  SELECT id, name, boss, 1 AS level
  FROM employees
  WHERE boss IS NULL
  UNION ALL
  SELECT e.id, e.name, e.boss, c.level + 1
  FROM employees AS e
  JOIN chain AS c ON c.id = e.boss)
SELECT level, COUNT(*) AS people
FROM chain
GROUP BY level
ORDER BY level;

SELECT EXTRACT(year FROM o.ordered) AS year,
       EXTRACT(month FROM o.ordered) AS month,
       COUNT(*) AS orders,
       SUM(l.quantity * l.price) AS turnover
FROM orders AS o
JOIN order_lines AS l ON l.order_id = o.id
GROUP BY EXTRACT(year FROM o.ordered),
         EXTRACT(month FROM o.ordered)
ORDER BY year, month;

SELECT p.id, p.name, p.stock
FROM products AS p
LEFT JOIN order_lines AS l
  ON l.product_id = p.id
WHERE l.order_id IS NULL
  AND p.stock > 0
  AND p.price IS NOT NULL
ORDER BY p.stock DESC,
         p.name
LIMIT 30 OFFSET 10;

SELECT t.dept, t.top, t.n
FROM (
  SELECT dept,
         MAX(salary) AS top,
         COUNT(*) AS n
  FROM employees
  GROUP BY dept) AS t
WHERE t.n > 3
  AND t.top < 100000
ORDER BY t.top DESC;

SELECT c.id, c.name,
       (SELECT COUNT(*)
        FROM orders AS o
        WHERE o.customer_id = c.id) AS orders,
       (SELECT MAX(o.ordered)
        FROM orders AS o
        WHERE o.customer_id = c.id) AS latest
FROM customers AS c
WHERE c.country = 'PT'
ORDER BY orders DESC;

SELECT o.id, o.ordered, c.name, c.city,
       l.quantity, l.price, p.name AS product
FROM orders AS o
JOIN customers AS c ON c.id = o.customer_id
JOIN order_lines AS l ON l.order_id = o.id
JOIN products AS p ON p.id = l.product_id
WHERE o.status = 'open'
  AND p.stock < l.quantity
ORDER BY o.ordered, o.id
LIMIT 100;

SELECT dept,
       hired,
       salary,
       SUM(salary) OVER (
         PARTITION BY dept
         ORDER BY hired
         ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS grown
FROM employees
WHERE hired IS NOT NULL
ORDER BY dept, hired;

SELECT customer_id
FROM orders
WHERE status = 'shipped'
  AND ordered >= DATE '2024-01-01'
INTERSECT
SELECT customer_id
FROM orders
WHERE status = 'returned'
  AND ordered >= DATE '2024-01-01'
ORDER BY customer_id;

SELECT DISTINCT c.country, p.category
FROM customers AS c
JOIN orders AS o ON o.customer_id = c.id
JOIN order_lines AS l ON l.order_id = o.id
JOIN products AS p ON p.id = l.product_id
WHERE p.price > 100
  AND c.since >= DATE '2022-01-01'
  AND l.quantity >= 2
ORDER BY c.country, p.category;

SELECT name, salary,
       ROUND(salary / 12, 2) AS monthly,
       salary * 1.05 AS raised,
       ROW_NUMBER() OVER (ORDER BY salary DESC) AS place
FROM employees
WHERE dept = :dept
  AND salary >= :least
  AND name NOT LIKE '%(left)%'
ORDER BY place
LIMIT 10;

SELECT o.customer_id,
       MIN(o.ordered) AS first_order,
       MAX(o.ordered) AS last_order,
       MAX(o.ordered) - MIN(o.ordered) AS days,
       SUM(o.freight) / COUNT(*) AS freight
FROM orders AS o
WHERE o.freight IS NOT NULL
GROUP BY o.customer_id
HAVING COUNT(*) > 1
ORDER BY days DESC;

SELECT e.dept, e.name, e.salary
FROM employees AS e
WHERE e.salary = (
  SELECT MAX(x.salary)
  FROM employees AS x
  WHERE x.dept = e.dept)
  AND e.dept IN ('sales', 'it', 'hr')
  AND (e.boss IS NOT NULL OR e.salary > 90000)
ORDER BY e.dept,
         e.name;

SELECT o.ordered + 14 AS due,
       COUNT(*) AS orders,
       SUM(CASE WHEN o.shipped IS NULL THEN 1 ELSE 0 END) AS waiting,
       SUM(CASE WHEN o.shipped > o.ordered + 14 THEN 1 ELSE 0 END) AS late
FROM orders AS o
WHERE o.ordered >= DATE '2024-06-01'
  AND o.status NOT IN ('cancelled', 'returned')
GROUP BY o.ordered + 14
ORDER BY due
LIMIT 31;
