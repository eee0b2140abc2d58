/** A piece of TypeScript's text that is neither white space nor comment. */
export interface Token {
  /** `text` is a string, a part of a template or a regular expression. */
  readonly kind: "word" | "number" | "text" | "sign";
  readonly text: string;
  /** Its offset in the source, in UTF-16 units. */
  readonly start: number;
}

const TRIVIA = /(?:\s+|(?<![^])#!.*|\/\/.*|\/\*[^]*?\*\/)+/y;
const WORD = /#?[\p{L}_$][\p{L}\p{N}_$]*/uy;
const NUMBER = /(?:0[xob][\da-f_]+|\d[\d_]*(?:\.[\d_]+)?(?:e[+-]?\d+)?)n?/iy;
const STRING = /"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'/y;
const REGEXP = /\/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\[\n])+\/[a-z]*/y;
const TEMPLATE_PART = /(?:\\[^]|\$(?!\{)|[^\\`$])*(?:`|\$\{)/y;
const SIGN =
  /\.\.\.|=>|[=!]={1,2}|\?\?=?|\?\.|&&=?|\|\|=?|\*\*=?|<<=?|>>>?=?|[<>+\-*/%&|^]=|\+\+|--|[{}()[\];,<>+\-*/%&|^!~?:=.@]/y;

/** Words that a value may follow, so that `/` begins a regular expression. */
const BEFORE_VALUE =
  /^(?:return|typeof|case|in|of|await|yield|throw|else|do|void|new)$/;

/**
 * Splits TypeScript into tokens. It knows no grammar: `/` after `)` or `}` is
 * a division.
 *
 * @throws {SyntaxError} If a character begins no token.
 */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  /** How many braces are open in each template that is being read. */
  const templates: number[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  };
  const add = (kind: Token["kind"], text: string) => {
    tokens.push({ kind, text, start: at });
    at += text.length;
  };
  const addTemplatePart = (first: string) => {
    at += first.length;
    const part = take(TEMPLATE_PART);
    at -= first.length;
    if (part === undefined) throw unexpected(source, at);
    add("text", first + part);
    if (part.endsWith("${")) templates.push(0);
  };
  while (at < source.length) {
    at += take(TRIVIA)?.length ?? 0;
    const char = source[at];
    if (char === undefined) break;
    const open = templates.at(-1);
    if (char === "`") {
      addTemplatePart("`");
      continue;
    }
    if (open === 0 && char === "}") {
      templates.pop();
      addTemplatePart("}");
      continue;
    }
    if (open !== undefined && "{}".includes(char)) {
      templates[templates.length - 1] = open + (char === "{" ? 1 : -1);
    }
    const text = take(STRING) ??
      (isBeforeValue(tokens.at(-1)) ? take(REGEXP) : undefined);
    if (text !== undefined) {
      add("text", text);
      continue;
    }
    const [kind, found] = [["word", WORD], ["number", NUMBER], ["sign", SIGN]]
      .map(([kind, pattern]) =>
        [kind as Token["kind"], take(pattern as RegExp)] as const
      )
      .find(([, found]) => found !== undefined) ?? [];
    if (kind === undefined || found === undefined) throw unexpected(source, at);
    add(kind, found);
  }
  return tokens;
}

function isBeforeValue(token: Token | undefined): boolean {
  if (token === undefined) return true;
  if (token.kind === "word") return BEFORE_VALUE.test(token.text);
  return token.kind === "sign" && ![")", "]", "}"].includes(token.text);
}

function unexpected(source: string, at: number): SyntaxError {
  const line = source.slice(0, at).split("\n").length;
  const rest = JSON.stringify(source.slice(at, at + 20));
  return new SyntaxError(`Cannot split line ${line} into tokens at ${rest}`);
}
