;;; rql-mode.el --- RQL: the words, the language server  -*- lexical-binding: t; -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1"))
;; SPDX-License-Identifier: MIT OR Apache-2.0

;;; Commentary:

;; A major mode on top of sql-mode, which knows most of the words, with what RQL has beyond SQL, and `rqlc lsp' through
;; Eglot (part of Emacs 29, a package before).

;;; Code:

(require 'sql)

(defgroup rql nil
  "RQL, SQL with variables, templates, charts and forms."
  :group 'languages)

(defcustom rql-server-command '("rqlc" "lsp")
  "The program of the language server and its arguments."
  :type '(repeat string))

(defvar rql-mode-syntax-table
  (let ((table (make-syntax-table sql-mode-syntax-table)))
    ;; Comments nest.
    (modify-syntax-entry ?/ ". 14n" table)
    (modify-syntax-entry ?* ". 23n" table)
    (modify-syntax-entry ?\" "\"" table)
    (modify-syntax-entry ?` "\"" table)
    table))

(defconst rql-font-lock-keywords
  `((,(concat "^[ \t]*\\(#.*\\)$") 1 font-lock-comment-face t)
    ("{{[ \t]*\\(?:#if\\|#unless\\|else\\|/if\\|/unless\\)[^}]*}}\\|{{#\\(?:if\\|unless\\)[^}]*}}"
     0 font-lock-preprocessor-face)
    ("{{[ \t]*[[:alpha:]_][[:alnum:]_]*[ \t]*}}" 0 font-lock-variable-name-face)
    ("[^:]\\(:[[:alpha:]_][[:alnum:]_.]*\\)" 1 font-lock-variable-name-face)
    (,(concat "\\_<" (regexp-opt '("let" "unset" "param" "macro" "print" "assert" "include" "import" "export" "output"
                                   "connect" "disconnect" "use" "summarize" "describe" "native" "chart" "form" "field"
                                   "action" "detail" "label" "lookup" "elsif" "loop" "qualify" "asof" "semi" "anti")
                                 t)
              "\\_>")
     1 font-lock-keyword-face)
    (,(concat "\\_<" (regexp-opt '("runsum" "runavg" "runcount" "runmin" "runmax") t) "\\_>[ \t]*(")
     1 font-lock-builtin-face)
    ("\\_<\\(?:let\\|param\\|macro\\|form\\|field\\|action\\)[ \t]+\\([[:alpha:]_][[:alnum:]_]*\\)"
     1 font-lock-function-name-face))
  "What is coloured beyond the words of SQL.")

;;;###autoload
(define-derived-mode rql-mode sql-mode "RQL"
  "Major mode for RQL."
  (font-lock-add-keywords nil rql-font-lock-keywords)
  (setq-local font-lock-keywords-case-fold-search t)
  (setq-local comment-start "-- "))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.rql\\'" . rql-mode))
;;;###autoload
(add-to-list 'interpreter-mode-alist '("noctra" . rql-mode))

(defvar eglot-server-programs)
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs `(rql-mode . ,(lambda (&rest _) rql-server-command))))

(declare-function eglot-current-server "ext:eglot")
(declare-function eglot-execute-command "ext:eglot")
(declare-function jsonrpc-request "jsonrpc")

(defun rql-run ()
  "Run the statement at point, or those in the region, and show what they print."
  (interactive)
  (let* ((place (lambda (position)
                  (save-excursion
                    (goto-char position)
                    (list :line (1- (line-number-at-pos nil t)) :character (- (point) (line-beginning-position))))))
         (start (if (use-region-p) (region-beginning) (point)))
         (end (if (use-region-p) (region-end) (point)))
         (uri (concat "file://" (expand-file-name buffer-file-name)))
         (range (list :start (funcall place start) :end (funcall place end)))
         (text (jsonrpc-request (eglot-current-server) :workspace/executeCommand
                                (list :command "rql.run" :arguments (vector uri range)) :timeout 600)))
    (with-current-buffer (get-buffer-create "*RQL result*")
      (let ((inhibit-read-only t))
        (erase-buffer)
        (insert text))
      (special-mode)
      (setq truncate-lines t)
      (display-buffer (current-buffer)))))

(define-key rql-mode-map (kbd "C-c C-c") #'rql-run)

(provide 'rql-mode)
;;; rql-mode.el ends here
