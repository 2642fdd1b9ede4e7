// RQL for tree-sitter.
//
// The rules follow grammar/rql.lalrpop, which says what the language is, chapter by chapter:
// grammar/expressions.js, queries.js, changes.js, definitions.js, scripts.js. An editor's parser takes more than the
// compiler does (which words a place knows, what fits what) and must not take less: testsuite/tests/tree_sitter.rs
// holds it to that.

const { guarded } = require('./grammar/words');

module.exports = grammar({
  name: 'rql',

  word: ($) => $.identifier,

  // src/scanner.c reads what regular expressions cannot: comments that nest, `#` at the beginning of a line, text
  // between dollar quotes, and a backend's own statements up to their end.
  // src/scanner.c reads what regular expressions cannot: comments that nest, `#` at the beginning of a line, text
  // between dollar quotes, a backend's own statements up to their end, and which commas separate the items of a form.
  externals: ($) => [
    $.comment,
    $.dollar_string,
    $.native_text,
    $.native_body,
    $._form_start,
    $._form_comma,
    $._form_end,
    $._in,
    $._or,
  ],

  extras: ($) => [/[\s\u0085\u00a0\u2028\u2029\u3000\ufeff]/, $.comment, $._form_comma],

  supertypes: ($) => [$._expression, $._definition],

  // Where one token ahead does not tell, both ways are tried.
  conflicts: ($) => [
    // END of a block, or the statement END.
    [$.if],
    [$.block],
    // `(VALUES (1))` may be a subquery, a call, or a table in parentheses; `((SELECT 1))` likewise.
    [$.values, $._soft_function],
    [$.values, $._table_values],
    [$.select, $._value],
    [$.select, $._relation_source],
    // WITH is a type's time zone, or the next clause.
    [$.typed_literal, $.column],
    // USING is an operator's in an order, or a sample's.
    [$.order_item],
    // `%` is an operator, or the unit of a LIMIT.
    [$._sample_unit, $._multiplicative],
    // A second colon in a slice is its step.
    [$._slice, $.pair],
    // A guarded piece stands behind an assignment or before the next one.
    [$._assignments],
    // What parentheses behind an option belong to.
    [$._table_option],
    [$.partition_bound, $._table_option],
  ],

  rules: {
    source_file: ($) => optional($._statements),
    _statements: ($) => choice($._run, seq(optional($._run), $.statement)),
    // A template of statements needs no semicolon behind it.
    _run: ($) => repeat1(choice(seq($.statement, ';'), alias($._guarded_statements, $.template), ';')),
    _guarded_statements: ($) => guarded($, optional($._statements)),
    statement: ($) => $._statement,

    template_tag: ($) => seq(choice(/\{\{[ \t]*#if/, /\{\{[ \t]*#unless/), $._expression, '}}'),
    template_else: () => token(/\{\{[ \t]*[eE][lL][sS][eE][ \t]*\}\}/),
    template_end: () => token(choice(/\{\{[ \t]*\/if[ \t]*\}\}/, /\{\{[ \t]*\/unless[ \t]*\}\}/)),

    ...require('./grammar/scripts'),
    ...require('./grammar/queries'),
    ...require('./grammar/expressions'),
    ...require('./grammar/changes'),
    ...require('./grammar/definitions'),

    // Behind all words: what stands before it is told from a name by the words' own table.
    identifier: () => /[\p{XID_Start}_\p{So}][\p{XID_Continue}$\p{So}\u200d\ufe0f]*/,
  },
});
