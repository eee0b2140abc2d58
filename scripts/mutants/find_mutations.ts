import { type Token, tokenize } from "./tokens.ts";

/** One small wrong change of a file. */
export interface Mutation {
  /** Where it begins, in UTF-16 units. */
  readonly start: number;
  /** What is there. */
  readonly old: string;
  /** What is put there; empty if it is dropped. */
  readonly new: string;
  /** The line, from 1. */
  readonly line: number;
  /** That line's text, without the white space around it. */
  readonly lineText: string;
}

/** A part of the source, by its tokens: from the first to before the last. */
type Span = readonly [from: number, to: number];

/**
 * Finds the changes to try in a TypeScript file that `deno fmt` has formatted:
 * operators, numbers, words in quotes, `true` and `false`, conditions, methods
 * that have an opposite, statements and arguments. Types, imports, comments and
 * texts with blanks, which people read, are left alone. Some changes do not
 * compile: that is for the compiler to say.
 */
export function findMutations(source: string): readonly Mutation[] {
  const tokens = tokenize(source);
  const isLeftOut = leftOut(tokens);
  const text = (from: number, to: number) =>
    source.slice(tokens[from]!.start, endOf(tokens[to - 1]!));
  const found: Mutation[] = [];
  const add = ([from, to]: Span, replacement: string) => {
    const { start } = tokens[from]!;
    const line = source.slice(0, start).split("\n").length;
    const lineText = source.split("\n")[line - 1]!.trim();
    const old = text(from, to);
    found.push({ start, old, new: replacement, line, lineText });
  };
  tokens.forEach((token, index) => {
    if (isLeftOut[index]) return;
    const one: Span = [index, index + 1];
    const other = replacementOf(tokens, index, source);
    if (other !== undefined) add(one, other);
    const condition = conditionAt(tokens, index);
    if (condition !== undefined) add(condition, `!(${text(...condition)})`);
    for (const span of droppable(tokens, index)) add(span, "");
    const pair = swappableAt(tokens, index);
    if (pair !== undefined) {
      const [first, , second] = tokens.slice(...pair);
      add(pair, `${second!.text}, ${first!.text}`);
    }
    if (isNot(tokens, index) && token.text === "!") add(one, "");
  });
  return found;
}

/** The source with a change in it. */
export function applyMutation(source: string, mutation: Mutation): string {
  const { start, old } = mutation;
  return source.slice(0, start) + mutation.new +
    source.slice(start + old.length);
}

/** What stands for an operator that has blanks around it. */
const OPERATORS: Readonly<Record<string, string>> = {
  ...{ "===": "!==", "!==": "===", "&&": "||", "||": "&&" },
  ...{ "<": "<=", "<=": "<", ">": ">=", ">=": ">" },
  ...{ "+": "-", "-": "+", "*": "/", "/": "*", "%": "*" },
  ...{ "+=": "-=", "-=": "+=", "&": "|" },
};

/** What stands for the name of a method. */
const METHODS: Readonly<Record<string, string>> = {
  ...{ some: "every", every: "some", min: "max", max: "min" },
  ...{ startsWith: "endsWith", endsWith: "startsWith" },
  ...{ find: "findLast", findLast: "find", push: "unshift" },
  ...{ floor: "ceil", ceil: "floor", trunc: "ceil" },
  ...{ indexOf: "lastIndexOf", lastIndexOf: "indexOf" },
  ...{ toLowerCase: "toUpperCase", toUpperCase: "toLowerCase" },
};

/** Methods that can be left out. */
const DROPPED = ["trim", "toReversed", "toSorted", "reverse", "sort"];

/** What a single token may be replaced by. */
function replacementOf(
  tokens: readonly Token[],
  index: number,
  source: string,
): string | undefined {
  const token = tokens[index]!;
  const [before, after] = [tokens[index - 1], tokens[index + 1]];
  const { kind, text, start } = token;
  switch (kind) {
    case "sign": {
      // Not of types, which have none around `<` and `-`.
      const around = source[start - 1]! + source[endOf(token)]!;
      if (!/^\s\s$/.test(around)) return undefined;
      // A text less another is no number: it would not compile.
      const joins = text === "+" &&
        (before?.kind === "text" || after?.kind === "text");
      return joins ? undefined : OPERATORS[text];
    }
    case "number":
      return nextNumber(text);
    case "text":
      if (text === '""') return '"~"';
      return /^"[\w.:/-]+"$/.test(text) && after?.text !== ":" &&
          before?.text !== "|" && after?.text !== "|"
        ? `${text.slice(0, -1)}~"`
        : undefined;
    case "word":
      if (text === "true" || text === "false") {
        return text === "true" ? "false" : "true";
      }
      return before?.text === "." && after?.text === "(" &&
          Object.hasOwn(METHODS, text)
        ? METHODS[text]
        : undefined;
  }
}

function nextNumber(text: string): string {
  const digits = text.replaceAll("_", "");
  return digits.endsWith("n")
    ? `${BigInt(digits.slice(0, -1)) + 1n}n`
    : String(Number(digits) + 1);
}

/** Whether `!` negates what follows, rather than asserts what is before it. */
function isNot(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 1];
  if (before === undefined) return true;
  return before.kind === "sign"
    ? ![")", "]"].includes(before.text)
    : before.text === "return";
}

/**
 * The condition of an `if` or `while`, unless it is a mere `===` or `!==`, whose
 * opposite is a change of its own.
 */
function conditionAt(
  tokens: readonly Token[],
  index: number,
): Span | undefined {
  if (!/^(if|while)$/.test(tokens[index]!.text)) return undefined;
  if (tokens[index + 1]?.text !== "(") return undefined;
  const span: Span = [index + 2, closing(tokens, index + 1)];
  const signs = outermost(tokens, span).map((at) => tokens[at]!.text);
  const isComparison = signs.some((sign) => /^[=!]==$/.test(sign));
  const isCompound = signs.some((sign) => /^(&&|\|\||\?)$/.test(sign));
  return isComparison && !isCompound ? undefined : span;
}

/** What can be left out from a token on. */
function droppable(tokens: readonly Token[], index: number): readonly Span[] {
  const spans: Span[] = [];
  const texts = tokens.slice(index, index + 4).map(({ text }) => text);
  const [first, second, third, fourth] = texts;
  if (isStatementStart(tokens, index)) {
    const end = first === "if"
      ? guardEnd(tokens, index)
      : expressionEnd(tokens, index);
    if (end !== undefined) spans.push([index, end]);
  }
  // `.trim()`
  const isMethod = first === "." && DROPPED.includes(second!) &&
    third === "(" && fourth === ")";
  if (isMethod) spans.push([index, index + 4]);
  // The last of the options that are handed on: `, name })`
  const isOption = first === "," && tokens[index + 1]?.kind === "word" &&
    third === "}" && fourth === ")";
  if (isOption) spans.push([index, index + 2]);
  return spans;
}

/** `name, name` if they are all that is handed to a function. */
function swappableAt(
  tokens: readonly Token[],
  index: number,
): Span | undefined {
  const [open, first, comma, second, close] = tokens.slice(index, index + 5);
  const isCall = open?.text === "(" && comma?.text === "," &&
    close?.text === ")" && tokens[index - 1]?.kind === "word";
  return isCall && first?.kind === "word" && second?.kind === "word"
    ? [index + 1, index + 4]
    : undefined;
}

function isStatementStart(tokens: readonly Token[], index: number): boolean {
  return tokens[index]!.kind === "word" &&
    ["{", "}", ";"].includes(tokens[index - 1]?.text ?? "");
}

/** The end of an `if` that does no more than leave; it has no `else`. */
function guardEnd(
  tokens: readonly Token[],
  index: number,
): number | undefined {
  const leave = closing(tokens, index + 1) + 1;
  if (!/^(return|throw|continue|break)$/.test(tokens[leave]?.text ?? "")) {
    return undefined;
  }
  const end = statementEnd(tokens, leave);
  return tokens[end]?.text === "else" ? undefined : end;
}

const NO_EXPRESSION =
  /^(abstract|async|break|case|catch|class|const|continue|declare|default|do|else|export|finally|for|function|get|if|import|interface|let|override|private|readonly|return|set|static|super|switch|throw|try|type|using|var|while|yield)$/;

/** The end of a statement that is an expression. */
function expressionEnd(
  tokens: readonly Token[],
  index: number,
): number | undefined {
  const [first, second] = tokens.slice(index, index + 2);
  if (NO_EXPRESSION.test(first!.text) || second?.text === "using") {
    return undefined;
  }
  const isAwait = first!.text === "await";
  if (!isAwait && !/^([.(=[]|\?\.|[+-]=|\+\+)$/.test(second?.text ?? "")) {
    return undefined;
  }
  const end = statementEnd(tokens, index);
  // A method of a class or an object looks like a call, up to its body.
  const isMethod = outermost(tokens, [index, end]).some((at) =>
    tokens[at]!.text === "{" &&
    !/^([=?:]|=>|\?\?=?)$/.test(tokens[at - 1]!.text)
  );
  return isMethod || tokens[end - 1]?.text !== ";" ? undefined : end;
}

/** Behind the `;` that ends a statement, or at the bracket that ends its block. */
function statementEnd(tokens: readonly Token[], index: number): number {
  let at = index;
  while (at < tokens.length) {
    const { text } = tokens[at]!;
    if (text === ";") return at + 1;
    if (isClosing(text)) return at;
    at = isOpening(text) ? closing(tokens, at) + 1 : at + 1;
  }
  return at;
}

/** The tokens of a span that are in no brackets, which count as one. */
function outermost(
  tokens: readonly Token[],
  [from, to]: Span,
): readonly number[] {
  const found: number[] = [];
  for (let at = from; at < to; at++) {
    found.push(at);
    if (isOpening(tokens[at]!.text)) at = closing(tokens, at);
  }
  return found;
}

/** For each token whether it belongs to an import, an export or a type. */
function leftOut(tokens: readonly Token[]): readonly boolean[] {
  const marks = tokens.map(() => false);
  tokens.forEach(({ text }, index) => {
    const next = tokens[index + 1];
    const isImport = text === "import" && !["(", "."].includes(next!.text);
    const isExport = text === "export" && ["*", "{"].includes(next!.text);
    const isType = text === "type" && next?.kind === "word" &&
      ["=", "<"].includes(tokens[index + 2]?.text ?? "");
    const isInterface = text === "interface" && next?.kind === "word";
    if (isImport || isExport || isType) {
      marks.fill(true, index, statementEnd(tokens, index));
    } else if (isInterface) {
      const open = tokens.findIndex((one, at) =>
        at > index && one.text === "{"
      );
      marks.fill(true, index, closing(tokens, open) + 1);
    }
  });
  return marks;
}

/** The index of the bracket that closes the one at `index`. */
function closing(tokens: readonly Token[], index: number): number {
  let depth = 0;
  for (let at = index; at < tokens.length; at++) {
    const { text } = tokens[at]!;
    if (isOpening(text)) depth++;
    if (isClosing(text) && --depth === 0) return at;
  }
  return tokens.length;
}

function isOpening(text: string): boolean {
  return text === "(" || text === "[" || text === "{";
}

function isClosing(text: string): boolean {
  return text === ")" || text === "]" || text === "}";
}

function endOf({ start, text }: Token): number {
  return start + text.length;
}
