/** Parses the one document of a YAML text. */
export declare function parse(text: string): unknown;

/** Parses all documents of a YAML text. */
export declare function parseAll(text: string): unknown;
