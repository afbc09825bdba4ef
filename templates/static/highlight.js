// Colours for code: comments, strings, numbers and words of the language, by the file's name. It
// reads what is there as text and puts spans around it; without it all is readable as it is.
const words = (text) => new Set(text.split(" "));
const C = words("auto bool break case catch char class const continue default delete do double else enum export extends extern false final finally float for func function go if implements import inline int interface let long match mut namespace new nil null nullptr override package private protected public return short signed sizeof static struct super switch template this throw throws true try type typedef typename union unsigned use using var virtual void volatile while yield fn impl trait pub async await");
const PYTHON = words("and as assert async await break class continue def del elif else except finally for from global if import in is lambda None nonlocal not or pass raise return True False try while with yield match case self");
const SHELL = words("if then elif else fi for while until do done case esac in function return exit local export readonly set unset shift echo read cd test source eval exec trap");
const c = { words: C, line: "//", block: ["/*", "*/"], quotes: "\"'`" };
const python = { words: PYTHON, line: "#", triple: true, quotes: "\"'" };
const shell = { words: SHELL, line: "#", quotes: "\"'", spans: true };
const languages = {
  py: python, sh: shell, bash: shell, mk: shell,
  ...Object.fromEntries("c h cc cpp cxx hh hpp java js mjs ts go rs cs kt swift php scala".split(" ").map((end) => [end, c])),
};

const language = (path, first) =>
  languages[path.split(".").pop().toLowerCase()] ||
  (/^#!.*python/.test(first) ? python : /^#!.*sh\b/.test(first) ? shell : null);

// One line into pieces [kind, text]; `open` is what an earlier line began and did not end.
function pieces(text, rules, open) {
  const out = [];
  let at = 0;
  const take = (kind, to) => { if (to > at) out.push([kind, text.slice(at, to)]); at = to; };
  const until = (end, from, kind) => {
    let to = from;
    while (to < text.length && !text.startsWith(end, to)) to += end !== "*/" && text[to] === "\\" ? 2 : 1;
    const found = to < text.length;
    take(kind, Math.min(found ? to + end.length : to, text.length));
    return found ? null : { end, kind };
  };
  if (open) open = until(open.end, 0, open.kind);
  while (at < text.length) {
    const rest = text.slice(at);
    const quote = rest[0];
    const word = /^[A-Za-z_]\w*/.exec(rest)?.[0];
    const number = /^(0[xXbB][\da-fA-F_]+|\d[\d_]*\.?[\d_]*([eE][+-]?\d+)?)\w*/.exec(rest)?.[0];
    if (rules.block && rest.startsWith(rules.block[0])) open = until(rules.block[1], at + 2, "comment");
    else if (rest.startsWith(rules.line) && (rules.line !== "#" || at === 0 || /\s|;/.test(text[at - 1]))) take("comment", text.length);
    else if (rules.triple && /^("""|''')/.test(rest)) open = until(rest.slice(0, 3), at + 3, "string");
    else if (rules.quotes.includes(quote)) {
      const left = until(quote, at + 1, "string");
      open = left && (quote === "`" || rules.spans) ? left : null;
    } else if (word) take(rules.words.has(word) ? "word" : "", at + word.length);
    else if (number) take("number", at + number.length);
    else take("", at + 1);
  }
  return [out, open];
}

for (const table of document.querySelectorAll("[data-code]")) {
  const lines = table.querySelectorAll(".line > code");
  const rules = language(table.dataset.code, lines[0]?.textContent ?? "");
  if (!rules || lines.length > 5000) continue;
  let open = null;
  for (const line of lines) {
    let parts;
    [parts, open] = pieces(line.textContent.slice(0, 4000), rules, open);
    if (line.textContent.length > 4000) continue;
    line.replaceChildren(...parts.map(([kind, text]) => {
      if (!kind) return text;
      const span = document.createElement("span");
      span.className = `hl-${kind}`;
      span.textContent = text;
      return span;
    }));
  }
}
