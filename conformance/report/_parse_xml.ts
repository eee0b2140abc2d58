/** An element of an XML document. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** All text in it and below. */
  readonly text: string;
}

const TOKEN =
  /<\?xml [^<>]*\?>|<!DOCTYPE html>|<\/([\w:-]+)>|<([\w:-]+)((?: [\w:-]+="[^"<]*")*) ?(\/?)>|[^<]+/y;

/**
 * Reads XML as strictly as needed to tell whether something got out of its
 * quotes: elements, attributes and text, no comments, no CDATA.
 *
 * @throws {SyntaxError} If it is not well-formed.
 */
export function parseXml(source: string): XmlElement {
  // deno-lint-ignore no-control-regex -- XML allows but three of them
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(source)) {
    throw new SyntaxError("A character that XML does not have");
  }
  const root = { name: "", attributes: new Map(), children: [], text: "" };
  const open: Draft[] = [root];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (match === null) {
      throw new SyntaxError(`Not XML: ${source.slice(at, at + 80)}`);
    }
    const [token, closed, opened, attributes = "", slash] = match;
    const top = open.at(-1)!;
    if (closed !== undefined) {
      if (open.length < 2 || top.name !== closed) {
        throw new SyntaxError(`</${closed}> closes <${top.name}>`);
      }
      open.pop();
    } else if (opened !== undefined) {
      const element = draft(opened, attributes);
      top.children.push(element);
      if (slash === "") open.push(element);
    } else if (!token.startsWith("<")) {
      const text = unescape(token);
      for (const element of open) element.text += text;
    }
  }
  const [only, second] = open[0]!.children;
  if (open.length > 1 || only === undefined || second !== undefined) {
    throw new SyntaxError("Expected one element that is closed");
  }
  return only;
}

/** The elements of a name, wherever they are. */
export function elementsOf(
  element: XmlElement,
  name: string,
): readonly XmlElement[] {
  return [
    ...(element.name === name ? [element] : []),
    ...element.children.flatMap((child) => elementsOf(child, name)),
  ];
}

interface Draft {
  readonly name: string;
  readonly attributes: Map<string, string>;
  readonly children: Draft[];
  text: string;
}

function draft(name: string, attributes: string): Draft {
  const pairs = [...attributes.matchAll(/ ([\w:-]+)="([^"]*)"/g)];
  const map = new Map(
    pairs.map(([, key = "", value = ""]) => [key, unescape(value)] as const),
  );
  if (map.size < pairs.length) throw new SyntaxError("An attribute twice");
  return { name, attributes: map, children: [], text: "" };
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
};

function unescape(text: string): string {
  return text.replaceAll(/&[^;]*;?/g, (entity) => {
    const char = ENTITIES[entity];
    if (char === undefined) throw new SyntaxError(`No entity: ${entity}`);
    return char;
  });
}
