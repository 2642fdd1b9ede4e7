"""The language server as four editors speak to it, with what each of them says that it can do.

Run by scripts/editors.sh; RQLC names the program. Those of the complaints about other servers of SQL that a client has
to show are here by number; docs/editors-complaints.md lists where each of the 22 has its test.
"""

import json
import os
import pathlib
import re
import subprocess

import pytest
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities, make_test_lsp_client

RQLC = os.environ.get("RQLC", "rqlc")
SCHEMA = "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL, born DATE);\n"


PROFILES = {name: client_capabilities(name) for name in ("emacs", "neovim", "visual_studio_code")}
# One that can do nothing but what every client can.
PROFILES["plain"] = types.ClientCapabilities()


def make_client():
    client = make_test_lsp_client()

    @client.feature(types.CLIENT_REGISTER_CAPABILITY)
    def register(params):
        return None

    @client.feature(types.CLIENT_UNREGISTER_CAPABILITY)
    def unregister(params):
        return None

    # Those that the package does not answer itself.
    for refresh in (types.WORKSPACE_INLAY_HINT_REFRESH, types.WORKSPACE_SEMANTIC_TOKENS_REFRESH):
        if refresh not in client.protocol.fm.features:
            client.feature(refresh)(lambda *_: None)
    return client


class Editor:
    """A client with a folder, and short words for what it asks."""

    def __init__(self, client: LanguageClient, folder: pathlib.Path, profile, result):
        self.client, self.folder, self.profile, self.server = client, folder, profile, result

    def open(self, text, name="q.rql"):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        uri = path.as_uri()
        document = types.TextDocumentItem(uri=uri, language_id="rql", version=1, text=text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=document))
        return uri

    async def diagnostics(self, uri):
        """The way of this client: it asks where it can, else it is told."""
        text_document = self.profile.text_document
        if text_document is not None and text_document.diagnostic is not None:
            params = types.DocumentDiagnosticParams(text_document=types.TextDocumentIdentifier(uri=uri))
            return (await self.client.text_document_diagnostic_async(params)).items
        while uri not in self.client.diagnostics:
            await self.client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        return self.client.diagnostics[uri]

    async def knows_tables(self):
        """The tables are read behind the questions, so one is asked until its answer knows them."""
        uri = self.open("SELECT born FROM people;\n", "first.rql")
        for _ in range(20_000):
            hover = await self.client.text_document_hover_async(types.HoverParams(**self.at(uri, 0, 8)))
            if hover is not None and "date" in hover.contents.value.lower():
                return
        raise AssertionError("the tables never came")

    @staticmethod
    def at(uri, line, character):
        return {
            "text_document": types.TextDocumentIdentifier(uri=uri),
            "position": types.Position(line=line, character=character),
        }


@pytest.fixture(params=sorted(PROFILES))
async def editor(request, tmp_path):
    (tmp_path / "schema.sql").write_text(SCHEMA)
    (tmp_path / "noctra.toml").write_text('db = "sqlite::memory:"\n')
    config = ClientServerConfig(
        server_command=[RQLC, "lsp", "--schema", str(tmp_path / "schema.sql")], client_factory=make_client
    )
    client = await config.start()
    profile = PROFILES[request.param]
    folder = types.WorkspaceFolder(uri=tmp_path.as_uri(), name="work")
    result = await client.initialize_session(
        types.InitializeParams(capabilities=profile, root_uri=tmp_path.as_uri(), workspace_folders=[folder])
    )
    editor = Editor(client, tmp_path, profile, result)
    await editor.knows_tables()
    yield editor
    await client.shutdown_session()


async def test_a_mistake_is_told_where_it_stands(editor):
    uri = editor.open("SELECT 1;\nSELECT 'é😀', naem FROM people;\n")
    found = await editor.diagnostics(uri)
    assert [one.severity for one in found] == [types.DiagnosticSeverity.Error]
    assert found[0].range.start.line == 1 and "naem" in found[0].message
    # In the units that were agreed on: UTF-16 unless the server took another.
    units = {"utf-8": 17, "utf-16": 14, "utf-32": 13}
    agreed = editor.server.capabilities.position_encoding or "utf-16"
    assert found[0].range.start.character == units[getattr(agreed, "value", agreed)]


async def test_columns_tables_and_functions_are_completed(editor):
    uri = editor.open("SELECT  FROM people;\n")
    answer = await editor.client.text_document_completion_async(types.CompletionParams(**editor.at(uri, 0, 7)))
    labels = {item.label for item in getattr(answer, "items", answer)}
    assert {"id", "name", "born"} <= labels


async def test_a_function_brings_its_parentheses_where_the_client_can_stand_between_them(editor):
    uri = editor.open("SELECT roun FROM people;\nSELECT roun(1) FROM people;\n")

    async def inserted(line):
        answer = await editor.client.text_document_completion_async(types.CompletionParams(**editor.at(uri, line, 11)))
        item = next(item for item in getattr(answer, "items", answer) if item.label == "round")
        return item.text_edit.new_text, item.insert_text_format

    text = editor.profile.text_document
    completion = text and text.completion and text.completion.completion_item
    if completion and completion.snippet_support:
        assert await inserted(0) == ("round($0)", types.InsertTextFormat.Snippet)
    else:
        assert await inserted(0) == ("round(", None)
    # What is there already is not written again.
    assert await inserted(1) == ("round", None)


async def test_a_command_is_told_the_dialect_or_the_format(editor):
    uri = editor.open("LET n = 20;\nSELECT :n + 1 AS answer;\n")
    here = {"start": {"line": 1, "character": 3}, "end": {"line": 1, "character": 3}}

    async def run(command, *beyond):
        params = types.ExecuteCommandParams(command=command, arguments=[uri, here, *beyond])
        return await editor.client.workspace_execute_command_async(params)

    assert json.loads(await run("rql.run", "json")) == [{"answer": 21}]
    assert "answer" in await run("rql.run")
    assert "AS answer" in await run("rql.showSql", "mariadb")
    for command, beyond in (("rql.run", "xlsx"), ("rql.showSql", "cobol")):
        with pytest.raises(Exception, match=beyond):
            await run(command, beyond)


async def test_complaint_10_saving_runs_no_code_actions(editor):
    sync = editor.server.capabilities.text_document_sync
    assert not sync.will_save_wait_until and not sync.will_save
    kinds = editor.server.capabilities.code_action_provider.code_action_kinds
    assert not [kind for kind in kinds if str(getattr(kind, "value", kind)).startswith("source")]


async def test_complaint_14_a_thousand_lines_are_all_looked_at(editor):
    lines = ["SELECT id, name FROM people WHERE born > DATE '2000-01-01';"] * 1000
    lines[999] = "SELECT nmae FROM people;"
    uri = editor.open("\n".join(lines))
    found = await editor.diagnostics(uri)
    assert [one.range.start.line for one in found] == [999]


async def test_complaint_15_a_file_of_25000_lines_is_answered(editor):
    lines = ["SELECT id, name FROM people WHERE born > DATE '2000-01-01';"] * 25_000
    uri = editor.open("\n".join(lines))
    answer = await editor.client.text_document_completion_async(types.CompletionParams(**editor.at(uri, 24_999, 7)))
    assert "name" in {item.label for item in getattr(answer, "items", answer)}


async def test_complaint_17_places_are_those_of_the_text_that_is_written(editor):
    # What a template leaves out, and what a macro or a running aggregate becomes, moves nothing.
    text = (
        "MACRO twice(x) AS x * 2;\n"
        "SELECT RUNSUM(id), twice(id) {{#if pay}}, name {{/if}},\n"
        "  nmae FROM people ORDER BY id;\n"
    )
    uri = editor.open(text)
    found = [one for one in await editor.diagnostics(uri) if one.severity == types.DiagnosticSeverity.Error]
    assert [(one.range.start.line, one.range.start.character, one.range.end.character) for one in found] == [(2, 2, 6)]


def test_complaint_22_nothing_is_fetched_to_start():
    """The server is the compiler itself: with no network, no home and no PATH it answers."""
    ran = subprocess.run([RQLC, "lsp", "--help"], env={}, capture_output=True, text=True, check=True)
    assert "lsp" in ran.stdout


def test_every_complaint_has_the_test_that_the_page_names():
    root = pathlib.Path(__file__).parents[2]
    page = (root / "docs/editors-complaints.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| .* \| `(\w+)` \|$", page, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 23))
    files = [*(root / "src/cli/tests").rglob("*.rs"), pathlib.Path(__file__)]
    written = "\n".join(file.read_text(encoding="utf-8") for file in files)
    missing = [name for _, name in rows if not re.search(rf"\b(fn|def) (test_)?{name}\(", written)]
    assert not missing
