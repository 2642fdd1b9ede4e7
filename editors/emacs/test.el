;;; test.el --- what rql-mode colours  -*- lexical-binding: t; -*-

;; emacs -Q --batch -L editors/emacs -l editors/emacs/test.el

(require 'ert)
(require 'rql-mode)

(defun rql-test-face (text word)
  "The face of WORD in a buffer of RQL that holds TEXT."
  (with-temp-buffer
    (insert text)
    (rql-mode)
    (font-lock-ensure)
    (goto-char (point-min))
    (search-forward word)
    (get-text-property (match-beginning 0) 'face)))

(defun rql-test-is (face text word)
  "Whether WORD in TEXT has FACE."
  (let ((seen (rql-test-face text word)))
    (if (listp seen) (memq face seen) (eq face seen))))

(ert-deftest rql-mode-is-for-its-files ()
  (should (eq 'rql-mode (cdr (assoc "a.rql" auto-mode-alist #'string-match-p)))))

(ert-deftest words-beyond-sql-are-coloured ()
  (should (rql-test-is 'font-lock-keyword-face "SELECT 1 CHART BAR;" "CHART"))
  (should (rql-test-is 'font-lock-keyword-face "SELECT 1 CHART BAR;" "SELECT"))
  (should (rql-test-is 'font-lock-builtin-face "SELECT RUNSUM(x) FROM t;" "RUNSUM"))
  (should (rql-test-is 'font-lock-function-name-face "LET rich AS SELECT 1;" "rich"))
  (should (rql-test-is 'font-lock-variable-name-face "SELECT 1 WHERE a = :least;" ":least"))
  (should (rql-test-is 'font-lock-preprocessor-face "SELECT a {{#if b}}, c {{/if}};" "{{#if b}}")))

(ert-deftest comments-nest ()
  (should (rql-test-is 'font-lock-comment-face "/* a /* b */ still */ SELECT 1;" "still"))
  (should (rql-test-is 'font-lock-keyword-face "/* a /* b */ still */ SELECT 1;" "SELECT"))
  (should (rql-test-is 'font-lock-comment-face "# a line\nSELECT 1;" "# a line")))

(ert-run-tests-batch-and-exit)
;;; test.el ends here
