import type { Link, Run, Shells, UndoStack } from "../../../lib/linux/mod.ts";
import type { MasqueradeBackend } from "../../../lib/firewall/mod.ts";
import type {
  Context,
  PlannedAct,
  PluginSettings,
  Request,
} from "../../../lib/plugin/mod.ts";
import type { Dns, Result, ValidAttachments } from "../../../lib/spec/mod.ts";
import type { Design } from "./design.ts";

/** What all plugins that make an interface have in their configuration. */
export interface InterfaceConfig {
  /** The IPAM plugin's name; absent for an interface without addresses. */
  readonly ipamType?: string | undefined;
  /** What the result says of name resolution, in place of the IPAM plugin. */
  readonly dns?: Dns | undefined;
  /** Whether what leaves the container's subnets is masqueraded. */
  readonly ipMasq?: boolean | undefined;
  /** Of the interface, in bytes; 0 or absent if it follows another link. */
  readonly mtuBytes?: number | undefined;
  /** How; absent means what the host has. */
  readonly ipMasqBackend?: MasqueradeBackend | undefined;
}

/**
 * One kind of interface: what its plugin knows and the others do not. What is
 * only for CHECK, GC, STATUS or a plan is best imported when it is called.
 */
export interface InterfaceKind<Config extends InterfaceConfig, Facts> {
  /** The plugin's name. */
  readonly name: string;
  /** What the interface is called in messages: "veth". */
  readonly noun: string;
  /** The kernel's kind of link, which CHECK demands; any when absent. */
  readonly linkKind?: string;
  /** What it may be configured with. */
  readonly settings: PluginSettings;
  /**
   * Reads and checks the whole configuration.
   *
   * @throws {CniError} Code 7 or 4.
   */
  parse(request: Request): Config;
  /**
   * Reads what `design` has to know of host and container, and refuses what
   * cannot be done whatever the addresses will be. It only reads.
   */
  look?(request: Request, place: LookTools<Config>): Promise<Facts>;
  /** Decides what is done, and chooses names and hardware addresses. Pure. */
  design(request: Request, known: Known<Config, Facts>): Design;
  /**
   * Has the link made and the addresses allocated, in place of a look, a design
   * and its steps one after the other.
   */
  attach?(work: AttachWork<Config, Facts>): Promise<Attached>;
  /** Whether nothing is done to the link before there are addresses for it. */
  readonly asksIpamFirst?: boolean;
  /** Whether the result has the configuration's dns, even if that has none. */
  readonly ignoresIpamDns?: boolean;
  /** Whether `ipMasq` counts. */
  readonly masquerades?: boolean;
  /** Whether a link stays in the host, with the attachment as its alias. */
  readonly hasHostEnd?: boolean;
  /** Whether a link in the container is the attachment's, under another name. */
  isOwn?(link: Link, request: Request): boolean;
  /** How the link leaves the container, if it is not removed. */
  readonly giveBack?: GiveBack;
  /** Removes the rules that `Design.rules` adds, if there may be any. */
  removeRules?(request: Request, run: Run): Promise<void>;
  /** Has GC remove what else attachments leave in the host. */
  collect?(valid: ValidAttachments, run: Run): Promise<void>;
  /** Whether CHECK finds no link, since a program drives the device itself. */
  isLinkless?(config: Config, run: Run): Promise<boolean>;
  /**
   * Compares what is special to the kind.
   *
   * @throws {CniError} Code 999, naming what differs.
   */
  compare?(found: Found<Config>): Promise<void>;
  /** What `compare` looks at, for a plan: what it is, and the command. */
  compared?(config: Config): readonly (readonly [string, string])[];
  /** As `parse`, for a STATUS: the runtime may complete the configuration. */
  parseForStatus?(request: Request): Config;
  /** What STATUS tries in a network namespace that ends with the trial. */
  trial?(config: Config): Trial;
  /**
   * Refuses what an ADD could not be served without.
   *
   * @throws {CniError} Any code: STATUS makes it 50.
   */
  require?(config: Config, run: Run): Promise<void>;
}

/** What {@linkcode InterfaceKind.look} gets besides the request. */
export interface LookTools<Config> {
  readonly config: Config;
  /** Runs the commands. */
  readonly run: Run;
  /**
   * Refuses a container that cannot get the interface: to be awaited before a
   * look into it. It is begun in any case.
   */
  readonly requireFreeName: () => Promise<void>;
}

/** What {@linkcode InterfaceKind.design} follows from. */
export interface Known<Config, Facts> {
  readonly config: Config;
  readonly facts: Facts;
}

/** What {@linkcode InterfaceKind.attach} is given. */
export interface AttachWork<Config, Facts> {
  readonly request: Request;
  readonly config: Config;
  /** The host's shell is started. */
  readonly shells: Shells;
  readonly undo: UndoStack;
  /** Looks around as for any kind: see {@linkcode InterfaceKind.look}. */
  readonly look: () => Promise<Facts>;
  /**
   * Whether the link is to be ready, as `Design.ready` makes it, before the
   * IPAM plugin is asked: one that is not our own may look for it.
   */
  readonly isReady: boolean;
  /** Has the IPAM plugin allocate; `undefined` without one. */
  readonly allocate: () => Promise<Result | undefined>;
  readonly warn: (message: string) => void;
}

/** The link is there, and the addresses are the container's. */
export interface Attached {
  readonly design: Design;
  /** The IPAM plugin's result; absent without one. */
  readonly ipam: Result | undefined;
}

/** How a link goes back to where it is from. The kernel takes its addresses. */
export interface GiveBack {
  /** @param link The container's interface; absent if it is not there. */
  act(
    request: Request,
    tools: {
      readonly link: Link | undefined;
      readonly context: Context;
      readonly run: Run;
    },
  ): Promise<void>;
  /** What a plan shows; absent if nothing would be done. */
  plan(request: Request, link: Link): PlannedAct | undefined;
}

/** What {@linkcode InterfaceKind.compare} compares. */
export interface Found<Config> {
  /** The container's interface, of the kind and hardware address stated. */
  readonly link: Link;
  readonly config: Config;
  readonly request: Request;
  readonly prevResult: Result;
  /** Those of the host's links that `prevResult` states. */
  readonly hostLinks: readonly Link[];
  readonly run: Run;
}

/** Lines for `ip -batch -`. */
export interface Trial {
  readonly lines: string;
  /** What they need, to follow "do not allow". */
  readonly what: string;
}
