import { CniError } from "../spec/mod.ts";

/** A plugin that was not found or could not be started: it has done nothing. */
export class PluginUnavailableError extends CniError {}
