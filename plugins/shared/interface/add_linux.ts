import {
  type ApplyOptions,
  applySteps,
  type LinkState,
  parseLinks,
  readLinkStates,
  Shells,
  withUndo,
} from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import type { Addressing } from "../addresses.ts";
import { awaitLinkUp } from "../await_link_up_linux.ts";
import { refuseSmallMtu, refuseSmallMtuFor } from "../ipv6_mtu.ts";
import { allocateAddresses } from "../ipam.ts";
import { addAttachmentMasquerade } from "../masquerade_linux.ts";
import { awaitSettledAddresses } from "../settle_linux.ts";
import { settled } from "../settled.ts";
import type { Design, Finish } from "./design.ts";
import type {
  Attached,
  AttachWork,
  InterfaceConfig,
  InterfaceKind,
} from "./kind.ts";
import { lookAround } from "./look_linux.ts";
import { addressingOf, dnsIn, resultOf } from "./result.ts";

/**
 * Gives the container an interface (CNI 1.1.0, section 2, "ADD"). Addresses are
 * allocated while it is made; a failure of either, or later, takes back all
 * that was done, last first.
 */
export async function addInterface<Config extends InterfaceConfig, Facts>(
  kind: InterfaceKind<Config, Facts>,
  { request, context }: {
    readonly request: Request;
    readonly context: Context;
  },
): Promise<Result> {
  const config = kind.parse(request);
  const { ipamType, ipMasq = false, ipMasqBackend } = config;
  await using shells = new Shells();
  const { run } = shells;
  const look = () => lookAround(kind, { request, config, run });
  const facts = kind.attach === undefined ? look() : shells.start();
  // Whoever awaits it gets its error; until then nothing is at fault.
  facts?.catch(() => {});
  // The IPAM plugin is loaded while host and container are looked at.
  if (ipamType !== undefined) context.preload(ipamType, request);
  const isReady = ipamType !== undefined &&
    context.isForeign(ipamType, request);
  const runAside = kind.masquerades && ipMasq ? shells.open() : run;
  const warn = (message: string) => context.warn(message);
  return await withUndo(async (undo) => {
    const allocate = () =>
      allocateAddresses(request, ipamType, { context, undo });
    const order = { isReady, allocate };
    const work = { request, config, shells, undo, look, ...order, warn };
    const { design, ipam } = await (kind.attach?.(work) ??
      attach(kind, { ...work, facts: await facts as Facts }));
    const given = addressingOf(design, { config, ipam });
    const mtuBytes = config.mtuBytes || design.mtuBytes;
    refuseSmallMtuFor(given?.ips.map((ip) => ip.address) ?? [], mtuBytes);
    const finish = design.finish(given, { isReady });
    const addressing = finish.addressing ?? given;
    const ips = addressing?.ips ?? [];
    const options = { netns: request.netns, run, undo };
    const [links] = await settled(
      complete(design, { finish, addressing, ...options }),
      kind.masquerades
        ? addAttachmentMasquerade(request, { ipMasq, ipMasqBackend, ips }, {
          run: runAside,
          undo,
        })
        : Promise.resolve(),
    );
    return resultOf(design, {
      addressing,
      dns: dnsIn(kind, { config, ipam }),
      links,
    });
  }, warn);
}

/** Makes the link and has the IPAM plugin allocate. */
async function attach<Config extends InterfaceConfig, Facts>(
  kind: InterfaceKind<Config, Facts>,
  { request, config, facts, shells: { run }, undo, isReady, allocate }:
    & AttachWork<Config, Facts>
    & { readonly facts: Facts },
): Promise<Attached> {
  const design = kind.design(request, { config, facts });
  refuseSmallMtu(request, design.mtuBytes);
  const options = { netns: request.netns, run, undo };
  if (isReady) {
    await makeReadyLink(design, options);
    return { design, ipam: await allocate() };
  }
  if (kind.asksIpamFirst) {
    const ipam = await allocate();
    // Refuses what cannot be used before the link is touched.
    addressingOf(design, { config, ipam });
    await makeLink(design, options);
    return { design, ipam };
  }
  const [, ipam] = await settled(makeLink(design, options), allocate());
  return { design, ipam };
}

/** Does the part of a design that needs no addresses. */
export async function makeLink(
  design: Design,
  options: ApplyOptions,
): Promise<void> {
  const { run, undo } = options;
  // Pushed first: a step that fails may have changed something.
  undo.push(async () => await design.undo?.(run));
  await settled(
    (async () => {
      await design.first?.act(options);
      await applySteps(design.link, options);
    })(),
    design.rules?.({ run, undo }) ?? Promise.resolve(),
  );
}

/**
 * As {@linkcode makeLink}, and brings the link to where an IPAM plugin that is
 * not our own may look for it: in the container, under its name, up.
 */
export async function makeReadyLink(
  design: Design,
  options: ApplyOptions,
): Promise<void> {
  await makeLink(design, options);
  await applySteps(design.ready, options);
  const { awaited } = design;
  if (awaited === undefined) return;
  // A request for an address that is lost is repeated only seconds later.
  const links = await readLinkStates([awaited.name], options.run);
  await awaitLinkUp(awaited, links, options.run);
}

/** What {@linkcode complete} needs besides the design. */
interface CompleteOptions extends ApplyOptions {
  readonly finish: Finish;
  readonly addressing: Addressing | undefined;
}

/**
 * Does the rest in host and container, and waits until all of it can be used;
 * returns the host's links at the end.
 */
async function complete(
  design: Design,
  { finish, addressing, ...options }: CompleteOptions,
): Promise<readonly LinkState[]> {
  const { sandbox, host = [] } = finish;
  const [shown] = await settled(
    applySteps(sandbox, options),
    applySteps(host, options),
  );
  await awaitDetection(design, { shown, addressing, ...options });
  const { interfaces, awaited } = design;
  const inHost = interfaces.filter((one) => one.sandbox === undefined);
  if (inHost.length === 0) return [];
  const names = inHost.map(({ name }) => name);
  const links = await readLinkStates(names, options.run);
  if (awaited !== undefined) await awaitLinkUp(awaited, links, options.run);
  return links;
}

async function awaitDetection(
  { interfaces, detection = {} }: Design,
  { shown, addressing, ...options }: ApplyOptions & {
    readonly shown: readonly unknown[];
    readonly addressing: Addressing | undefined;
  },
): Promise<void> {
  const {
    remedy = "set net.ipv6.conf.default.accept_dad and " +
      "net.ipv6.conf.all.accept_dad to 0 in the container before ADD",
    needsCarrier = false,
  } = detection;
  const [link] = needsCarrier ? shown.flatMap(parseLinks) : [];
  if (link?.flags.includes("NO-CARRIER")) return;
  const ips = addressing?.ips ?? [];
  const ifname = interfaces.find(({ sandbox }) => sandbox !== undefined)
    ?.name ?? "";
  await awaitSettledAddresses({ ifname, ips, remedy }, shown, options);
}
