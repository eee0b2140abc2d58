import type { Json } from "../../lib/spec/mod.ts";

/** The profiles that come with the suite, as their files have them. */
export const SHIPPED: readonly Json[] = [];
