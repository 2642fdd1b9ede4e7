// Queries: clauses, FROM, CTEs, charts.

const { kw, any, comma, parens } = require('./words');

module.exports = {
  _query: ($) => prec.right(seq(optional($.with), $._body)),

  with: ($) => seq(kw('WITH'), optional(kw('RECURSIVE')), comma($.cte)),
  cte: ($) =>
    seq(
      field('name', $._ident),
      optional($.column_list),
      $._as_materialized,
      parens(choice($._query, $._change)),
      optional(seq(any('SEARCH DEPTH FIRST BY', 'SEARCH BREADTH FIRST BY'), comma($._ident), kw('SET'), $._ident)),
      optional($.cycle),
    ),
  cycle: ($) =>
    seq(
      kw('CYCLE'), comma($._ident), kw('SET'), $._ident,
      optional(seq(kw('TO'), $._expression, kw('DEFAULT'), $._expression)),
      kw('USING'), $._ident,
    ),
  _as_materialized: () => seq(kw('AS'), optional(any('MATERIALIZED', 'NOT MATERIALIZED'))),
  column_list: ($) => parens(comma($._ident)),

  _body: ($) => choice($.select, $.set_operation),
  set_operation: ($) =>
    prec.left(seq(
      $._body,
      $._set_operator,
      $._body,
    )),
  _set_operator: ($) => seq(any('UNION', 'INTERSECT', 'EXCEPT', 'MINUS'), optional($._quantifier), optional(kw('BY NAME'))),

  // What a query is made of, each clause where it was written.
  select: ($) => prec.right(seq(choice($.select_clause, $.values, $.table, $.from, $.subquery), repeat(choice($._clause, $.template)))),

  _clause: ($) =>
    choice(
      $.select_clause,
      $.into,
      $.from,
      $.where,
      $.group_by,
      $.rollup,
      $.having,
      $.window_clause,
      $.qualify,
      $.using_sample,
      $.order_by,
      $.limit,
      $.offset,
      $.fetch,
      $.lock,
      $.chart,
      $.returning,
      $.on_conflict,
      $.on_duplicate_key,
      $.view_option,
    ),
  // Behind the query of a definition.
  view_option: () =>
    any('WITH DATA', 'WITH NO DATA', 'WITH CHECK OPTION', 'WITH CASCADED CHECK OPTION', 'WITH LOCAL CHECK OPTION'),

  select_clause: ($) =>
    prec.right(seq(
      kw('SELECT'),
      optional($._select_quantifier),
      choice($._select_list, $.from),
    )),
  _select_quantifier: ($) =>
    choice(kw('ALL'), prec.right(seq(kw('DISTINCT'), optional(seq(kw('ON'), parens(comma($._expression))))))),
  _select_list: ($) => prec.right(comma($.select_item)),
  select_item: ($) =>
    prec.right(seq($._expression, optional($._item_alias))),
  _item_alias: ($) => choice(seq(kw('AS'), field('alias', $._label)), field('alias', $._ident)),

  values: ($) => prec.right(seq(kw('VALUES'), comma(alias($.tuple, $.row)))),
  table: ($) => seq(kw('TABLE'), $.name),

  into: ($) =>
    seq($._into_word, $.name),
  _into_word: () => seq(kw('INTO'), optional(any('TEMP', 'TEMPORARY', 'UNLOGGED')), optional(kw('TABLE'))),
  where: ($) => seq(kw('WHERE'), $._expression),
  group_by: ($) =>
    prec.right(seq(
      kw('GROUP BY'),
      choice(kw('ALL'), seq(optional(kw('DISTINCT')), comma($._expression))),
    )),
  rollup: () => kw('WITH ROLLUP'),
  grouping_sets: ($) => seq(kw('GROUPING SETS'), $.arguments),
  having: ($) => seq(kw('HAVING'), $._expression),
  window_clause: ($) => prec.right(seq(kw('WINDOW'), comma($.named_window))),
  named_window: ($) => seq(field('name', $._ident), kw('AS'), $.window),
  qualify: ($) => seq(kw('QUALIFY'), $._expression),
  using_sample: ($) => seq(kw('USING SAMPLE'), $._sample_size),
  limit: ($) =>
    prec.right(seq(
      kw('LIMIT'),
      choice(kw('ALL'), seq($._expression, optional(choice(seq(',', $._expression), $._sample_unit)))),
    )),
  offset: ($) => prec.right(seq(kw('OFFSET'), $._expression, optional($._sample_unit))),
  fetch: ($) => seq($._fetch_word, optional($._expression), repeat($._sample_unit), $._fetch_end),
  _fetch_word: () => any('FETCH FIRST', 'FETCH NEXT'),
  _fetch_end: () => any('ONLY', 'WITH TIES'),
  lock: ($) =>
    prec.right(seq(
      $._lock_word,
      repeat(choice(seq(kw('OF'), comma($.name)), $._lock_wait)),
    )),
  _lock_word: () => any('FOR UPDATE', 'FOR SHARE', 'FOR KEY SHARE', 'FOR NO KEY UPDATE'),
  _lock_wait: () => any('NOWAIT', 'SKIP LOCKED'),

  chart: ($) =>
    prec.right(seq(
      kw('CHART'),
      $.chart_kind,
      repeat($.chart_attribute),
    )),
  chart_kind: () => any('BAR', 'COLUMN', 'LINE', 'SCATTER', 'HISTOGRAM', 'SPARKLINE'),
  chart_attribute: ($) => prec.right(seq(choice($._ident, kw('TO')), $._value)),

  // -- FROM -------------------------------------------------------------------------------------

  from: ($) => prec.right(seq(kw('FROM'), comma($._from_item))),
  _from_item: ($) => prec.right(seq($.relation, repeat(choice($.join, $.template)))),
  join: ($) =>
    prec.right(seq(
      $._join_words,
      $.relation,
      // `a JOIN b JOIN c ON … ON …` closes from the inside.
      repeat(choice($.on, $.using)),
    )),
  _join_words: () =>
    choice(
      seq(
        repeat(any('NATURAL', 'ASOF', 'INNER', 'CROSS', 'LEFT', 'RIGHT', 'FULL', 'POSITIONAL', 'SEMI', 'ANTI', 'OUTER')),
        kw('JOIN'),
      ),
      kw('STRAIGHT_JOIN'),
    ),
  on: ($) => seq(kw('ON'), $._expression),
  using: ($) => prec.right(seq(kw('USING'), $.column_list, optional(seq(kw('AS'), $._ident)))),

  relation: ($) =>
    prec.right(seq(
      optional(kw('LATERAL')),
      $._relation_source,
      optional($._alias),
      repeat(choice($._index_hint, $.sample)),
    )),
  _relation_source: ($) =>
    prec.right(choice(
      $.name,
      seq(kw('ONLY'), choice($.name, parens($.name))),
      seq(alias($._table_call, $.call), optional(kw('WITH ORDINALITY'))),
      $.subquery,
      parens($._from_item),
      $._text,
      alias($._table_values, $.values),
      alias(kw('VALUES'), $.name),
    )),
  _index_hint: ($) => choice(seq(kw('INDEXED BY'), $._ident), kw('NOT INDEXED')),
  _table_call: ($) => prec(1, seq(field('function', $.name), $.arguments)),
  _table_values: ($) => prec.right(seq(kw('VALUES'), comma(alias($.tuple, $.row)))),
  _alias: ($) =>
    prec.right(choice(
      seq(kw('AS'), field('alias', $._label), optional($.alias_columns)),
      seq(field('alias', $._ident), optional($.alias_columns)),
      seq(kw('AS'), $.alias_columns),
    )),
  alias_columns: ($) => parens(comma(seq($._ident, optional($._wide_type)))),
  sample: ($) =>
    prec.right(seq(kw('TABLESAMPLE'), $._sample_size, optional($._repeatable))),
  _repeatable: ($) => seq(kw('REPEATABLE'), parens($._expression)),
  _sample_size: ($) =>
    choice(
      seq(optional($._ident), '(', $._expression, optional($._sample_unit), ')'),
      seq($.number, optional($._sample_unit)),
    ),
  _sample_unit: () => choice(any('PERCENT', 'ROW', 'ROWS'), '%'),
};
