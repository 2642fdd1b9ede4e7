;;; test-server.el --- rql-mode and the language server by Eglot  -*- lexical-binding: t; -*-

;; RQLC=target/debug/rqlc emacs -q --batch -L editors/emacs -l editors/emacs/test-server.el
;; Exits with 75 where there is no Eglot.

(require 'ert)
(require 'package)
(package-initialize)
(unless (require 'eglot nil t)
  (message "NOT RUN: emacs has no eglot")
  (kill-emacs 75))
(require 'rql-mode)

(defvar rql-test-folder (file-name-as-directory (make-temp-file "rql-eglot" t)))

(defun rql-test-wait (what holds)
  "Let the server speak until HOLDS gives something; WHAT is waited for."
  (let ((end (+ (float-time) 60)) (found nil))
    (while (and (not (setq found (funcall holds))) (< (float-time) end))
      (accept-process-output nil 0.05))
    (or found (error "waited in vain for %s" what))))

(defmacro rql-test-with (name text &rest body)
  "Do BODY in a buffer of the file NAME that holds TEXT, with the server."
  (declare (indent 2))
  `(let ((file (expand-file-name ,name rql-test-folder)))
     (with-temp-file file (insert ,text))
     (with-current-buffer (find-file-noselect file)
       (unwind-protect
           (progn
             (unless (eglot-current-server)
               (let ((eglot-sync-connect t)) (apply #'eglot (eglot--guess-contact))))
             (rql-test-wait "the server" (lambda () (eglot-managed-p)))
             ,@body)
         (set-buffer-modified-p nil)))))

(ert-deftest what-is-wrong-is-shown ()
  (rql-test-with "wrong.rql" "SELECT '😀', nme FROM employees;\n"
    (flymake-mode 1)
    (let ((all (rql-test-wait "diagnostics" (lambda () (flymake-start) (flymake-diagnostics)))))
      (should (equal "nme" (buffer-substring-no-properties (flymake-diagnostic-beg (car all))
                                                           (flymake-diagnostic-end (car all))))))))

(ert-deftest columns-are-completed ()
  (rql-test-with "complete.rql" "SELECT  FROM employees;\n"
    (goto-char 8)
    ;; The tables are read in the background.
    (should (rql-test-wait "the tables"
                           (lambda ()
                             (let ((all (all-completions "" (nth 2 (eglot-completion-at-point)))))
                               (member "salary" (mapcar #'substring-no-properties all))))))))

(ert-deftest names-are-renamed ()
  (rql-test-with "rename.rql" "SELECT s.name FROM employees s WHERE s.id = 1;\n"
    (goto-char 8)
    (let ((eglot-confirm-server-initiated-edits nil)) (eglot-rename "who"))
    (should (equal "SELECT who.name FROM employees who WHERE who.id = 1;\n" (buffer-string)))))

(ert-deftest a-text-is-formatted ()
  (rql-test-with "format.rql" "select   name from employees;\n"
    (eglot-format-buffer)
    (should (equal "SELECT name FROM employees;\n" (buffer-string)))))

(ert-deftest the-statement-at-point-runs ()
  (rql-test-with "run.rql" "SELECT 1 AS no;\nSELECT 20 + 1 AS yes;\n"
    (goto-char 20)
    (rql-run)
    (with-current-buffer "*RQL result*"
      (should (string-match-p "21" (buffer-string)))
      (should-not (string-match-p "no" (buffer-string))))))

(setq rql-server-command
      (list (expand-file-name (or (getenv "RQLC") "rqlc")) "lsp" "--db" "demo"))
(setq project-find-functions (list (lambda (_) (cons 'transient rql-test-folder))))

(ert-run-tests-batch-and-exit)
;;; test-server.el ends here
