/** What to look for: `B` are the flags, `S` the options, `C` those that repeat. */
export interface ParseOptions<
  B extends string = never,
  S extends string = never,
  C extends string = never,
> {
  readonly boolean?: readonly B[];
  readonly string?: readonly S[];
  readonly collect?: readonly C[];
  readonly negatable?: readonly string[];
  readonly alias?: Readonly<Record<string, string | readonly string[]>>;
  readonly default?: Readonly<Record<string, unknown>>;
  /** Takes everything from the first operand on as operands. */
  readonly stopEarly?: boolean;
  /** Puts what follows `--` into the key `--`, not among the operands. */
  readonly "--"?: boolean;
  /** Called for what is not named above; `false` leaves it out. */
  readonly unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** What was found. */
export type Args<
  B extends string = never,
  S extends string = never,
  C extends string = never,
> =
  & { [K in Exclude<B, C>]: boolean }
  & { [K in Exclude<S, C | "_">]: string | undefined }
  & { [K in C & S]: string[] }
  & { [K in C & B]: boolean[] }
  & {
    _: ("_" extends S ? string : string | number)[];
    "--"?: string[];
  };

export declare function parseArgs<
  const B extends string = never,
  const S extends string = never,
  const C extends string = never,
>(args: string[], options?: ParseOptions<B, S, C>): Args<B, S, C>;
