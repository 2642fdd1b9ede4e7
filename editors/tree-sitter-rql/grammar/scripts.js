// Statements of a session: variables, files, decisions, loops, forms, and what only a backend knows.

const { kw, any, comma, parens, guarded } = require('./words');

// What begins a statement that is sent as it is (grammar/backend.rs).
const verbs = [
  'PRAGMA', 'VACUUM', 'GRANT', 'REVOKE', 'ANALYZE', 'ANALYSE', 'CALL', 'EXECUTE', 'EXEC', 'PREPARE', 'DEALLOCATE',
  'DISCARD', 'LISTEN', 'NOTIFY', 'UNLISTEN', 'LOCK', 'UNLOCK', 'CLUSTER', 'REINDEX', 'REFRESH', 'CHECKPOINT', 'LOAD',
  'INSTALL', 'ATTACH', 'DETACH', 'DO', 'DECLARE', 'FETCH', 'MOVE', 'CLOSE', 'SECURITY', 'REASSIGN', 'KILL', 'FLUSH',
  'OPTIMIZE', 'HANDLER', 'REPAIR', 'CACHE', 'UNCACHE', 'PIVOT', 'UNPIVOT', 'PURGE', 'CHANGE', 'SIGNAL', 'DELIMITER',
  'HELP', 'XA', 'RESIGNAL', 'COMMENT ON', 'RENAME TABLE', 'IMPORT FOREIGN', 'IMPORT DATABASE', 'EXPORT DATABASE',
];
// What only a backend can CREATE, ALTER or DROP; the first ones have bodies with semicolons in them.
const programs = ['FUNCTION', 'PROCEDURE', 'TRIGGER', 'EVENT'];
const foreign = [
  'TYPE', 'DOMAIN', 'EXTENSION', 'ROLE', 'USER', 'GROUP', 'DATABASE', 'AGGREGATE',
  'OPERATOR', 'CAST', 'COLLATION', 'CONVERSION', 'FOREIGN', 'LANGUAGE', 'POLICY', 'PUBLICATION', 'RULE',
  'SERVER', 'STATISTICS', 'SUBSCRIPTION', 'TABLESPACE', 'TEXT', 'TRANSFORM', 'VIRTUAL', 'FULLTEXT', 'SPATIAL', 'MACRO',
  'SECRET', 'EXTERNAL', 'STREAM', 'STAGE', 'ACCESS', 'CONSTRAINT', 'DEFAULT', 'LARGE', 'OWNED', 'PRIVATE', 'CONNECTOR',
  'SYSTEM', 'DEFINER', 'ALGORITHM', 'PROCEDURAL', 'TRUSTED', 'PERSISTENT', 'INSTANCE', 'LOGFILE', 'RESOURCE',
  'WAREHOUSE', 'PREPARE', 'CLUSTERED', 'SYNONYM', 'BRANCH',
];

module.exports = {
  _statement: ($) =>
    choice(
      $._query,
      $._change,
      $._definition,
      $.truncate,
      $.transaction,
      $.explain,
      $.let,
      $.unset,
      $.param,
      $.macro,
      $.connect,
      $.disconnect,
      $.use,
      $.show,
      $.describe,
      $.summarize,
      $.output,
      $.import,
      $.export,
      $.copy,
      $.set,
      $.reset,
      $.print,
      $.assert,
      $.include,
      $.if,
      $.for,
      $.form,
      $.form_load,
      $.form_execute,
      $.form_design,
      $.native,
    ),

  truncate: ($) =>
    prec.right(seq(
      kw('TRUNCATE'), optional(kw('TABLE')), comma($.name),
      optional(any('RESTART IDENTITY', 'CONTINUE IDENTITY')), optional($._cascade),
    )),
  transaction: ($) =>
    prec.right(choice(
      seq(any('BEGIN', 'START TRANSACTION'), repeat(choice($._word, kw('TRANSACTION')))),
      seq(any('COMMIT', 'END', 'ROLLBACK', 'ABORT'), optional(any('TRANSACTION', 'WORK')), optional(any('AND CHAIN', 'AND NO CHAIN'))),
      seq(any('ROLLBACK', 'ABORT'), optional(any('TRANSACTION', 'WORK')), kw('TO'), optional(kw('SAVEPOINT')), $._ident),
      seq(any('SAVEPOINT', 'RELEASE SAVEPOINT', 'RELEASE'), $._ident),
    )),
  _word: ($) => choice($._ident, ',', '.', $.parameter),

  explain: ($) =>
    prec.right(seq(kw('EXPLAIN'), repeat(choice(kw('ANALYZE'), $._ident)), optional($.options), $.statement)),

  // -- variables ----------------------------------------------------------------------------------

  let: ($) => seq(kw('LET'), field('name', $._ident), choice(seq('=', $._expression), seq(kw('AS'), $._query))),
  unset: ($) => seq(kw('UNSET'), comma($._ident)),
  param: ($) =>
    seq(kw('PARAM'), field('name', $._ident), optional($._wide_type), optional(seq(kw('DEFAULT'), $._expression))),
  macro: ($) =>
    seq(
      kw('MACRO'), field('name', $._ident), '(', optional(comma($.macro_parameter)), ')', kw('AS'),
      choice($._expression, seq(kw('TABLE'), $._query)),
    ),
  macro_parameter: ($) => seq(field('name', $._ident), optional(seq(':=', $._expression))),
  set: ($) =>
    prec.right(seq(
      kw('SET'), repeat1($._set_word),
      optional(choice(seq(choice('=', ':=', kw('TO')), comma($._expression)), $._text, $.number, $.constant, $.default)),
    )),
  _set_word: ($) => choice($._word, alias(any('TRANSACTION', 'ROLE'), $.identifier)),
  reset: ($) => prec.right(seq(kw('RESET'), repeat1($._word))),

  // -- connections and files ----------------------------------------------------------------------

  connect: ($) => seq(kw('CONNECT'), $._expression, optional(seq(kw('AS'), field('name', $._ident)))),
  disconnect: ($) => prec.right(seq(kw('DISCONNECT'), optional($._ident))),
  use: ($) => seq(kw('USE'), $._expression, optional(seq(kw('AS'), field('name', $._ident)))),
  output: ($) => prec.right(seq(kw('OUTPUT TO'), $._value, repeat($.attribute))),
  import: ($) => prec.right(seq(kw('IMPORT'), $._value, kw('INTO'), $.name, repeat($.attribute))),
  export: ($) => prec.right(seq(kw('EXPORT'), choice($.name, $.subquery), kw('TO'), $._value, repeat($.attribute))),
  copy: ($) => prec.right(seq(kw('COPY'), choice($.name, $.subquery), kw('TO'), $.name, repeat($.attribute))),
  // Between a table and a file it is the backend's.
  _copy_file: ($) =>
    seq(
      kw('COPY'), choice($.name, $.subquery), optional($.column_list),
      choice(
        seq(any('FROM', 'INTO', 'TO STDOUT', 'TO PROGRAM'), optional($.native_text)),
        seq(kw('TO'), choice($._text, $.parameter), optional($.native_text)),
      ),
    ),
  include: ($) => seq(kw('INCLUDE'), field('file', $._text)),

  // -- what is shown ------------------------------------------------------------------------------

  show: ($) =>
    prec.right(seq(
      kw('SHOW'), repeat1($._word), optional(seq(any('FROM', 'IN'), $.name)), optional(seq(any('LIKE', 'ILIKE'), $._expression)),
    )),
  describe: ($) => seq(any('DESCRIBE', 'DESC'), choice($._query, seq(optional(kw('FORM')), $.name))),
  summarize: ($) => seq(kw('SUMMARIZE'), choice($._query, $.name)),
  print: ($) => seq(kw('PRINT'), comma($._expression)),
  assert: ($) => seq(kw('ASSERT'), $._expression, optional(seq(',', $._expression))),

  // -- decisions and loops ------------------------------------------------------------------------

  if: ($) =>
    seq(
      kw('IF'), $._expression, kw('THEN'), optional($.block),
      repeat(seq(any('ELSIF', 'ELSEIF', 'ELSE IF'), $._expression, kw('THEN'), optional($.block))),
      optional(seq(kw('ELSE'), optional($.block))),
      kw('END IF'),
    ),
  for: ($) =>
    seq(kw('FOR'), field('row', $._ident), kw('IN'), $.subquery, kw('LOOP'), optional($.block), kw('END LOOP')),
  block: ($) => $._run,

  // -- forms --------------------------------------------------------------------------------------

  form: ($) =>
    prec.right(seq(
      kw('FORM'), $._form_start, field('name', $.name), repeat($.attribute), optional(seq(kw('FOR'), field('table', $.name))),
      optional(seq('(', repeat1($._form_item), ')', $._form_end)),
    )),
  _form_item: ($) => choice($.form_field, $.form_action, $.form_detail),
  form_field: ($) => prec.right(seq(kw('FIELD'), field('name', $._ident), $.type, repeat($.attribute))),
  form_action: ($) =>
    seq(kw('ACTION'), field('name', $._ident), repeat(choice(alias($._word_attribute, $.attribute), kw('DEFAULT'))), kw('AS'), choice($.statement, $._ident)),
  form_detail: ($) =>
    prec.right(seq(kw('DETAIL'), field('name', $.name), kw('ON'), $._expression, repeat($.attribute))),
  // A word and perhaps a value; which words a place knows is for the compiler.
  attribute: ($) =>
    prec.right(choice(
      $._word_attribute,
      seq(kw('DEFAULT'), $._expression),
      seq(kw('CHECK'), parens(comma($._expression))),
      seq(kw('AS'), $._expression),
      any('NOT NULL', 'PRIMARY KEY', 'UNIQUE'),
      seq(kw('ON'), $._ident, $.name),
    )),
  _word_attribute: ($) =>
    prec.right(seq(
      $._ident,
      optional(choice($._attribute_value, seq('=', $._option_value), parens(comma($._option_argument)), $.subquery)),
    )),
  _attribute_value: ($) => choice(seq(optional(choice('-', '+')), $.number), $._text, $.constant, $.parameter),
  form_load: ($) => seq(kw('FORM LOAD'), field('file', $._text)),
  form_execute: ($) =>
    prec.right(seq(
      any('FORM EXECUTE', 'FORM FOR', 'EXECFORM'), $._value, optional(seq(kw('ACTION'), $._ident)),
      optional(seq(kw('WITH'), comma($.assignment))),
    )),
  form_design: ($) => seq(kw('FORM DESIGN'), $.name),

  // -- what is sent as it is ----------------------------------------------------------------------

  native: ($) =>
    prec.right(choice(
      seq(kw('NATIVE'), $.native_text),
      $._copy_file,
      seq(any(...verbs), optional($.native_text)),
      seq($._foreign, any(...foreign), optional($.native_text)),
      seq($._foreign, any(...programs), optional(alias($.native_body, $.native_text))),
    )),
  _foreign: ($) => choice($._create, any('ALTER', 'DROP')),
};
