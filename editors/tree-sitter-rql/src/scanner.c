// Tokens that regular expressions cannot find: comments that nest, `#` at the beginning of a line, text between dollar
// quotes, and what is sent to a backend as it is written.

#include "tree_sitter/alloc.h"
#include "tree_sitter/parser.h"

#include <string.h>

enum { COMMENT, DOLLAR_STRING, NATIVE_TEXT, NATIVE_BODY, FORM_START, FORM_COMMA, FORM_END, IN, OR };

// The longest word that is looked at, and its end.
enum { WORD = 16, TAG = 64 };

static bool is_blank(int32_t c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xa0 || c == 0x2028 || c == 0x2029 || c == 0x3000 ||
         c == 0xfeff;
}

static bool is_letter(int32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80; }

static bool is_digit(int32_t c) { return c >= '0' && c <= '9'; }

static void advance(TSLexer *lexer) { lexer->advance(lexer, false); }

static void to_line_end(TSLexer *lexer) {
  while (!lexer->eof(lexer) && lexer->lookahead != '\n') advance(lexer);
}

// Behind `/*`; gives whether it was closed.
static bool block_comment(TSLexer *lexer) {
  for (unsigned depth = 1; depth > 0;) {
    if (lexer->eof(lexer)) return false;
    int32_t first = lexer->lookahead;
    advance(lexer);
    if (first == '*' && lexer->lookahead == '/') {
      advance(lexer);
      depth--;
    } else if (first == '/' && lexer->lookahead == '*') {
      advance(lexer);
      depth++;
    }
  }
  return true;
}

// At `$`: `$tag$ … $tag$`, where the tag may be empty.
static bool dollar_string(TSLexer *lexer) {
  int32_t tag[TAG];
  unsigned length = 0;
  advance(lexer);
  while (lexer->lookahead != '$') {
    bool fits = is_letter(lexer->lookahead) || (length > 0 && is_digit(lexer->lookahead));
    if (lexer->eof(lexer) || !fits || length == TAG) return false;
    tag[length++] = lexer->lookahead;
    advance(lexer);
  }
  advance(lexer);
  while (!lexer->eof(lexer)) {
    if (lexer->lookahead != '$') {
      advance(lexer);
      continue;
    }
    advance(lexer);
    unsigned same = 0;
    while (same < length && lexer->lookahead == tag[same]) {
      advance(lexer);
      same++;
    }
    if (same == length && lexer->lookahead == '$') {
      advance(lexer);
      return true;
    }
  }
  return false;
}

// At a quote: to its end, a doubled one taken as two texts.
static void quoted(TSLexer *lexer, int32_t quote) {
  advance(lexer);
  while (!lexer->eof(lexer) && lexer->lookahead != quote) advance(lexer);
  advance(lexer);
}

// A word in small letters, cut at what is looked at.
static void read_word(TSLexer *lexer, char *word) {
  unsigned length = 0;
  while (!lexer->eof(lexer) && (is_letter(lexer->lookahead) || is_digit(lexer->lookahead))) {
    int32_t c = lexer->lookahead;
    if (length < WORD - 1) word[length++] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c < 0x80 ? c : '?');
    advance(lexer);
  }
  word[length] = 0;
}

static bool is_one_of(const char *word, const char *const *words) {
  for (; *words; words++)
    if (strcmp(word, *words) == 0) return true;
  return false;
}

// To the semicolon or the end of the text. A body holds semicolons between BEGIN and END.
static bool native(TSLexer *lexer, bool body) {
  static const char *const bodies[] = {"trigger", "procedure", "function", "event", NULL};
  static const char *const opens[] = {"begin", "case", NULL};
  char word[WORD];
  unsigned open = 0, words = 0;
  bool begun = false, any = false;
  while (!lexer->eof(lexer) && !(lexer->lookahead == ';' && open == 0)) {
    int32_t c = lexer->lookahead;
    if (!is_blank(c)) any = true;
    if (c == '\'' || c == '"' || c == '`') {
      quoted(lexer, c);
    } else if (c == '$') {
      dollar_string(lexer);
    } else if (c == '-') {
      advance(lexer);
      if (lexer->lookahead == '-') to_line_end(lexer);
    } else if (c == '/') {
      advance(lexer);
      if (lexer->lookahead == '*') {
        advance(lexer);
        block_comment(lexer);
      }
    } else if (is_letter(c)) {
      read_word(lexer, word);
      body = body || (words++ < 8 && is_one_of(word, bodies));
      if (body && is_one_of(word, opens)) {
        open++;
        begun = strcmp(word, "begin") == 0;
        lexer->mark_end(lexer);
        continue;
      }
      if (open > 0 && (strcmp(word, "end") == 0 || (begun && strcmp(word, "transaction") == 0))) open--;
    } else if (is_digit(c)) {
      read_word(lexer, word);
    } else {
      advance(lexer);
    }
    if (!is_blank(c)) {
      begun = false;
      lexer->mark_end(lexer);
    }
  }
  return any;
}

// At a comma: whether FIELD, ACTION or DETAIL and a name come next, which begins the next item of a form.
static bool form_comma(TSLexer *lexer) {
  static const char *const items[] = {"field", "action", "detail", NULL};
  char word[WORD];
  advance(lexer);
  lexer->mark_end(lexer);
  for (;;) {
    while (!lexer->eof(lexer) && is_blank(lexer->lookahead)) advance(lexer);
    if (lexer->lookahead != '-') break;
    to_line_end(lexer);
  }
  read_word(lexer, word);
  if (!is_one_of(word, items)) return false;
  while (!lexer->eof(lexer) && is_blank(lexer->lookahead)) advance(lexer);
  return is_letter(lexer->lookahead) || lexer->lookahead == '"' || lexer->lookahead == '`';
}

static bool comment(TSLexer *lexer, bool line_start) {
  int32_t first = lexer->lookahead;
  if (first == '#') {
    if (!line_start) return false;
    to_line_end(lexer);
    return true;
  }
  advance(lexer);
  if (first == '-' && lexer->lookahead == '-') {
    to_line_end(lexer);
    return true;
  }
  if (first == '/' && lexer->lookahead == '*') {
    advance(lexer);
    return block_comment(lexer);
  }
  return false;
}

// IN and OR, which stand behind any operand: told here, they do not hinder the parser's table from being small (each
// begins other words, which stand behind some operands only).
static bool word_operator(TSLexer *lexer, const bool *valid) {
  char word[WORD];
  read_word(lexer, word);
  int32_t next = lexer->lookahead;
  if (next == '$' || next == '\'') return false;
  lexer->result_symbol = strcmp(word, "in") == 0 ? IN : OR;
  return valid[lexer->result_symbol] && (lexer->result_symbol == IN || strcmp(word, "or") == 0);
}

// What is remembered from one token to the next: whether they stand in the parentheses of a form.
typedef struct {
  bool in_form;
} Scanner;

void *tree_sitter_rql_external_scanner_create(void) { return ts_calloc(1, sizeof(Scanner)); }

void tree_sitter_rql_external_scanner_destroy(void *payload) { ts_free(payload); }

unsigned tree_sitter_rql_external_scanner_serialize(void *payload, char *buffer) {
  buffer[0] = ((Scanner *)payload)->in_form;
  return 1;
}

void tree_sitter_rql_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  ((Scanner *)payload)->in_form = length > 0 && buffer[0];
}

bool tree_sitter_rql_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
  Scanner *scanner = payload;
  // After a mistake everything is valid; nothing else has all of these.
  bool mistaken = valid[DOLLAR_STRING] && valid[NATIVE_TEXT];
  if ((valid[FORM_START] || valid[FORM_END]) && !mistaken) {
    // Marks without text: what a comma means depends on them.
    scanner->in_form = valid[FORM_START];
    lexer->result_symbol = valid[FORM_START] ? FORM_START : FORM_END;
    return true;
  }
  bool line_start = lexer->get_column(lexer) == 0;
  while (!lexer->eof(lexer) && is_blank(lexer->lookahead)) {
    if (lexer->lookahead == '\n') line_start = true;
    lexer->advance(lexer, true);
  }
  if ((valid[NATIVE_TEXT] || valid[NATIVE_BODY]) && !mistaken) {
    bool body = valid[NATIVE_BODY];
    lexer->result_symbol = body ? NATIVE_BODY : NATIVE_TEXT;
    return native(lexer, body);
  }
  switch (lexer->lookahead) {
    case ',':
      lexer->result_symbol = FORM_COMMA;
      return scanner->in_form && form_comma(lexer);
    case 'i':
    case 'I':
    case 'o':
    case 'O':
      return word_operator(lexer, valid);
    case '$':
      lexer->result_symbol = DOLLAR_STRING;
      return valid[DOLLAR_STRING] && dollar_string(lexer);
    case '-':
    case '/':
    case '#':
      lexer->result_symbol = COMMENT;
      return comment(lexer, line_start);
    default:
      return false;
  }
}
