// Names, types, expressions and calls.

const { kw, any, comma, parens, bind, guarded } = require('./words');

// Operators of signs that are nothing but operators, by how tightly they bind: one token for a level, which keeps the
// parser's table small.
const signs = {
  comparison: ['==', '<>', '!=', '<', '<=', '>', '>=', '<=>'],
  other: [
    '||', '->', '->>', '#>', '#>>', '#-', '?|', '?&', '@?', '@@', '@>', '<@', '&&', '&', '|', '#', '~*', '!~', '!~*',
    '~~', '~~*', '!~~', '!~~*', '^@', '<<', '>>', '<->', '-|-', '&<', '&>',
  ],
  multiplicative: ['/', '//'],
  power: ['^', '**'],
};
const sign = (level) => token(choice(...signs[level]));

const likes = ['LIKE', 'ILIKE', 'SIMILAR TO', 'GLOB', 'REGEXP', 'RLIKE', 'MATCH'];

const units = [
  'YEAR', 'QUARTER', 'MONTH', 'WEEK', 'DAY', 'HOUR', 'MINUTE', 'SECOND', 'MILLISECOND', 'MICROSECOND', 'DECADE',
];

const letters = (without) => `[${'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.replace(without, '')}${'abcdefghijklmnopqrstuvwxyz'.replace(without.toLowerCase(), '')}0-9_]`;
const more = '[A-Za-z0-9_]*';
const notElse = [
  `[A-DF-Za-df-z_]${more}`,
  `[eE](${letters('L')}${more})?`,
  `[eE][lL](${letters('S')}${more})?`,
  `[eE][lL][sS](${letters('E')}${more})?`,
  `[eE][lL][sS][eE][A-Za-z0-9_]${more}`,
].join('|');

const levels = ($) => ({
  comparison: $._comparison,
  other: $._other,
  additive: choice('+', '-'),
  multiplicative: $._multiplicative,
  power: alias(sign('power'), 'power'),
  zone: kw('AT TIME ZONE'),
  matching: $._matching,
  is: prec.right(seq($._is, optional(kw('DISTINCT FROM')))),
});

module.exports = {
  // -- names ------------------------------------------------------------------------------------

  _ident: ($) => choice($.identifier, $.quoted_name, $.placeholder),
  quoted_name: () => choice(/"([^"]|"")*"/, /`([^`]|``)*`/),
  // Behind an operand `[` is a subscript, so such a name stands where names begin and behind AS.
  bracketed_name: () => token(prec(1, /\[[A-Za-z_][A-Za-z0-9_ .\/-]*\]/)),
  // Any name but `else`.
  placeholder: () =>
    new RegExp(`\\{\\{[ \\t]*(${notElse})[ \\t]*\\}\\}`),

  // `a`, `s.a`, `db.s.a`
  name: ($) => seq(optional($._dotted), $._part),
  _dotted: ($) => seq(optional($._dotted), $._part, '.'),
  _part: ($) => choice($._ident, alias($.bracketed_name, $.quoted_name)),
  _label: ($) => choice($._part, $._text),

  // -- types ------------------------------------------------------------------------------------

  // Where an alias may follow without AS, a type is one name.
  type: ($) =>
    prec.right(seq(
      choice($.name, alias($._double, $.name), alias($._national, $.name)),
      repeat(choice($.type_arguments, $._time_zone, $.dimension)),
    )),
  _time_zone: () => seq(any('WITH', 'WITHOUT'), kw('TIME ZONE')),
  _double: () => prec.right(seq(kw('DOUBLE'), optional(kw('PRECISION')))),
  _national: () => prec.right(seq(kw('CHARACTER'), optional(kw('VARYING')))),

  // Elsewhere it may be several words.
  _wide_type: ($) => alias($.wide_type, $.type),
  wide_type: ($) =>
    prec.right(seq(
      $.name,
      repeat(choice($._ident, $.type_arguments, $._time_zone, $.dimension)),
    )),
  type_arguments: ($) => parens(comma(choice($.type_argument, $.type_field))),
  type_argument: ($) =>
    choice(seq(optional(choice('-', '+')), $.number), $._text, seq($.name, optional($.type_arguments))),
  type_field: ($) => seq($._ident, $._wide_type),
  dimension: ($) => prec.right(choice(seq('[', optional($.number), ']'), seq(kw('ARRAY'), optional(seq('[', $.number, ']'))))),

  // -- literals ---------------------------------------------------------------------------------

  number: () =>
    token(choice(
      /[0-9]+(_[0-9]+)*(\.([0-9]+(_[0-9]+)*)?)?([eE][+-]?[0-9]+)?/,
      /\.[0-9]+(_[0-9]+)*([eE][+-]?[0-9]+)?/,
      /0[xX](_?[0-9a-fA-F])+/,
      /0[oO](_?[0-7])+/,
      /0[bB](_?[01])+/,
    )),
  // Texts on lines of their own are one.
  _string: ($) => choice($._text, alias($.dollar_string, $.string)),
  _text: ($) => alias($._quotes, $.string),
  _quotes: ($) => choice(prec.right(repeat1($._quoted)), $._escaped),
  _quoted: () => token(seq(optional(choice(/[nN]/, /[uU]&/)), /'([^']|'')*'/)),
  _escaped: () => token(/[eE]'([^'\\]|\\[\s\S]|'')*'/),
  blob: () => token(/[xX]'[^']*'/),
  bits: () => token(/[bB]'[^']*'/),
  constant: () => any('NULL', 'TRUE', 'FALSE'),
  parameter: ($) =>
    choice($._colon_name, token(choice(/[@$][A-Za-z_][A-Za-z0-9_]*/, /[$?][0-9]+/, /@@[A-Za-z_][A-Za-z0-9_.]*/)), '?'),

  // -- expressions ------------------------------------------------------------------------------

  _expression: ($) =>
    choice(
      $._value,
      $.unary_expression,
      $.binary_expression,
      $.between_expression,
      $.is_expression,
      $.cast_expression,
      $.collate_expression,
      $.template,
      $.guarded_expression,
      $.pair,
    ),

  _value: ($) =>
    choice(
      $.column,
      $.star,
      $._literal,
      $.typed_literal,
      $.interval,
      $.call,
      $.tuple,
      $.subquery,
      $.exists,
      $.case,
      $.cast,
      $.array,
      $.struct,
      $.subscript,
      $.member,
      $.grouping_sets,
    ),
  _literal: ($) =>
    choice($.number, $._string, $.blob, $.bits, $.constant, $.default, $.parameter, $.position),
  default: () => kw('DEFAULT'),
  position: () => token(prec(2, /#[0-9]+/)),
  column: ($) => prec(1, choice($.name, alias($._soft_name, $.name))),
  // Words that mean something at the beginning of an operand and may yet name a column.
  _soft_name: ($) =>
    prec.left(-1, seq(
      alias(any('INTERVAL', 'MAP', 'ROW', 'VALUES', 'TABLE'), $.identifier),
      repeat(seq('.', $._ident)),
    )),
  typed_literal: ($) =>
    prec(1, seq($.name, optional($._time_zone), $._text)),

  star: ($) =>
    prec.right(seq(optional($._dotted), '*', repeat(choice($.star_exclude, $.star_replace, $.star_rename)))),
  star_exclude: ($) => seq(any('EXCLUDE', 'EXCEPT'), choice(parens(comma($.name)), $.name)),
  star_replace: ($) => seq(kw('REPLACE'), parens(comma(seq($._expression, kw('AS'), $._ident)))),
  star_rename: ($) => seq(kw('RENAME'), parens(comma(seq($.name, kw('AS'), $._ident)))),

  unary_expression: ($) =>
    choice(
      prec(bind.not, seq(kw('NOT'), $._expression)),
      prec(bind.sign, seq($._sign, $._expression)),
      prec.left(bind.other, seq($._prefix, $._expression)),
    ),
  _sign: () => choice('+', '-', kw('PRIOR')),
  _prefix: () => choice('~', '@', '!', '!!', '|/', '||/'),

  binary_expression: ($) =>
    choice(
      prec.left(bind.or, seq($._expression, alias($._or, 'OR'), $._expression)),
      prec.left(bind.and, seq($._expression, kw('AND'), $._expression)),
      ...Object.entries(levels($)).map(([level, operator]) =>
        prec.left(bind[level], seq($._expression, operator, choice($._expression, $.quantified))),
      ),
    ),
  _comparison: () => choice('=', alias(sign('comparison'), 'comparison')),
  _multiplicative: () => choice('*', '%', alias(sign('multiplicative'), 'multiplicative'), kw('DIV')),
  _other: () => choice('~', '?', alias(sign('other'), 'operator'), kw('OVERLAPS')),
  _matching: ($) => choice(seq(optional(kw('NOT')), choice(any(...likes), alias($._in, 'IN'))), kw('ESCAPE')),
  _is: () => prec.right(seq(kw('IS'), optional(kw('NOT')))),

  between_expression: ($) =>
    prec.left(bind.matching, seq($._expression, $._between, $._expression, kw('AND'), $._expression)),
  _between: () => seq(optional(kw('NOT')), kw('BETWEEN'), optional(any('SYMMETRIC', 'ASYMMETRIC'))),

  is_expression: ($) =>
    choice(
      prec.left(bind.is, seq($._expression, choice($._null_test, seq($._is, choice($._normalized, $._json))))),
      // As tight as NOT LIKE, so that one word decides.
      prec.left(bind.matching, seq($._expression, kw('NOT NULL'))),
    ),
  _null_test: () => any('ISNULL', 'NOTNULL'),
  _normalized: () => seq(optional(any('NFC', 'NFD', 'NFKC', 'NFKD')), kw('NORMALIZED')),
  _json: () =>
    prec.right(seq(
      kw('JSON'), optional(any('VALUE', 'SCALAR', 'ARRAY', 'OBJECT')),
      optional(seq(any('WITH', 'WITHOUT'), kw('UNIQUE'), optional(kw('KEYS')))),
    )),

  cast_expression: ($) => prec.left(bind.postfix, seq($._expression, '::', $.type)),
  collate_expression: ($) => prec.left(bind.collate, seq($._expression, kw('COLLATE'), choice($.name, $._text))),

  // -- templates --------------------------------------------------------------------------------

  // A piece under a condition stands before an operand, behind one or in its place, and brings its comma or its AND
  // along: `a {{#if x}}, b {{/if}}`, `{{#if x}} a AND {{/if}} b`. One rule for all places, and for all that can stand in
  // one, keeps the parser's table small; that the pieces fit is for the compiler.
  guarded_expression: ($) =>
    choice(
      prec.left(-1, seq($._expression, $.template)),
      prec.right(-1, seq($.template, $._expression)),
    ),
  template: ($) => guarded($, $._pieces),
  _pieces: ($) =>
    choice(
      seq(optional($._connective), comma(seq($.select_item, repeat($.direction))), optional($._connective)),
      repeat1(choice($._clause, $.join)),
    ),
  _connective: ($) => choice(',', kw('AND'), alias($._or, 'OR')),

  subscript: ($) => prec(bind.postfix, seq($._value, '[', $._slice, ']')),
  // `a:b` is a pair wherever it stands, which keeps the parser's table small; `:b` alone looks like a parameter.
  _slice: ($) => choice($._expression, seq(optional($._expression), ':', optional(seq($._expression, optional(':'))))),
  pair: ($) =>
    prec.left(0, choice(seq($._expression, ':', $._expression), seq($._expression, alias($._colon_name, $.parameter), optional($.arguments)))),
  _colon_name: () => /:[A-Za-z_][A-Za-z0-9_]*/,
  member: ($) => prec.left(bind.postfix, seq($._composite, '.', choice($._ident, '*'))),
  _composite: ($) =>
    choice($.call, $.tuple, $.subscript, $.member, $.struct, $.array, $.subquery, $.parameter, $.cast, $.case),

  tuple: ($) => seq(optional(kw('ROW')), '(', optional(comma($._expression)), ')'),
  subquery: ($) => parens($._query),
  exists: ($) => prec(2, seq(kw('EXISTS'), choice($.subquery, $.tuple))),
  quantified: ($) => prec(2, seq($._any_word, choice($.subquery, $.tuple, $._text))),
  _any_word: () => any('ANY', 'SOME', 'ALL'),

  case: ($) =>
    seq(kw('CASE'), optional($._expression), repeat1($.when), optional($.else), kw('END')),
  else: ($) => seq(kw('ELSE'), $._expression),
  when: ($) => seq(kw('WHEN'), $._expression, kw('THEN'), $._expression),

  cast: ($) => prec(2, seq($._cast_word, '(', $._expression, kw('AS'), $._wide_type, ')')),

  _cast_word: () => any('CAST', 'TRY_CAST'),

  interval: ($) =>
    prec.right(2, seq(
      kw('INTERVAL'),
      choice(seq($._interval_text, optional($._units)), seq($._interval_value, $._units)),
    )),
  _interval_text: ($) => choice($._text, $.parameter),
  _interval_value: ($) => choice($.number, seq(choice('-', '+'), $.number), $.tuple, $.column),
  _units: ($) => prec.right(seq($.unit, optional(seq(kw('TO'), $.unit)))),
  unit: () =>
    choice(
      ...units.flatMap((unit) => [kw(unit), kw(`${unit}S`)]),
      any('CENTURY', 'CENTURIES', 'MILLENNIUM', 'MILLENNIA', 'YEAR_MONTH', 'DAY_HOUR', 'DAY_MINUTE', 'DAY_SECOND',
        'HOUR_MINUTE', 'HOUR_SECOND', 'MINUTE_SECOND'),
    ),

  array: ($) =>
    prec(2, choice(
      seq(optional(kw('ARRAY')), '[', optional(comma($._expression)), ']'),
      seq(kw('ARRAY'), choice($.subquery, $.tuple)),
    )),
  struct: ($) => seq(optional(kw('MAP')), '{', optional(comma($._expression)), '}'),

  // -- calls ------------------------------------------------------------------------------------

  call: ($) =>
    prec.right(3, seq(
      field('function', choice($.name, alias($._soft_function, $.name))),
      $.arguments,
      repeat(choice($.filter, $.within_group, $.null_treatment, $.over)),
    )),
  // Words that begin something else where a function may be called.
  _soft_function: ($) =>
    alias(any('MAP', 'VALUES', 'GROUPING'), $.identifier),
  arguments: ($) =>
    seq('(', optional($._quantifier), optional($._argument_list), repeat($._argument_end), ')'),
  _quantifier: () => any('ALL', 'DISTINCT'),
  _argument_list: ($) =>
    prec.right(seq($._argument, repeat(choice(seq(',', $._argument), seq($._argument_word, $._expression))))),
  _argument_end: ($) => choice($.order_by, $.limit, seq(kw('SEPARATOR'), $._expression), $.null_treatment),
  _argument_word: () => any('FROM', 'FOR', 'PLACING', 'USING'),
  _argument: ($) =>
    choice(
      $._expression,
      $.named_argument,
      $.lambda,
      seq($._argument_mark, $._expression),
    ),
  _argument_mark: () => choice(any('VARIADIC', 'FROM'), seq(any('BOTH', 'LEADING', 'TRAILING'), optional(kw('FROM')))),
  named_argument: ($) => seq(field('name', $._ident), choice('=>', ':='), $._expression),
  lambda: ($) => seq(kw('LAMBDA'), comma($._ident), choice(seq(':', $._expression), alias($._colon_name, $.parameter))),
  filter: ($) => seq(kw('FILTER'), parens(seq(optional(kw('WHERE')), $._expression))),
  within_group: ($) => seq(kw('WITHIN GROUP'), parens($.order_by)),
  null_treatment: () => seq(any('IGNORE', 'RESPECT'), kw('NULLS')),
  over: ($) => prec(1, seq(kw('OVER'), choice($._ident, $.window))),
  window: ($) =>
    parens(seq(
      optional(field('base', $._ident)),
      repeat(choice($.partition_by, $.order_by, $.frame)),
    )),
  partition_by: ($) => seq(kw('PARTITION BY'), comma($._expression)),
  frame: ($) =>
    seq(
      $._frame_unit,
      choice($.bound, seq(kw('BETWEEN'), $.bound, kw('AND'), $.bound)),
      optional($._frame_exclusion),
    ),
  _frame_unit: () => any('ROWS', 'RANGE', 'GROUPS'),
  _frame_exclusion: () => seq(kw('EXCLUDE'), any('CURRENT ROW', 'GROUP', 'TIES', 'NO OTHERS')),
  bound: ($) =>
    choice(
      any('UNBOUNDED PRECEDING', 'UNBOUNDED FOLLOWING', 'CURRENT ROW'),
      seq($._expression, any('PRECEDING', 'FOLLOWING')),
    ),

  order_by: ($) => prec.right(seq(kw('ORDER BY'), choice(comma($.order_item), $.order_all))),
  order_all: ($) => seq(kw('ALL'), repeat($.direction)),
  order_item: ($) =>
    seq($._expression, optional(seq(kw('USING'), $._comparison)), repeat($.direction)),
  direction: () => any('ASC', 'DESC', 'NULLS FIRST', 'NULLS LAST'),
};
