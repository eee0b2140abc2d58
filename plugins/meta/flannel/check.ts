import type { Context, Request } from "../../../lib/plugin/mod.ts";
import type { JsonObject } from "../../../lib/spec/mod.ts";
import type { DelegateConfig } from "./delegate_base.ts";
import { formatDelegate } from "./delegate_text.ts";
import { makeDelegate } from "./make_delegate.ts";
import { openDelegateState } from "./state.ts";

/**
 * Has the delegate check the attachment, with the configuration that it was
 * attached with; if that is lost, with the one that it would be attached with
 * now (CNI 1.1.0, section 2, "CHECK").
 */
export async function checkFlannel(
  request: Request,
  context: Context,
): Promise<void> {
  const { cniVersion, fields } = request.config;
  const delegate = savedDelegate(request) ?? makeDelegate(request);
  const prevResult = fields.json("prevResult");
  const stdin = formatDelegate({
    ...delegate,
    // The result is of the version of today's configuration.
    cniVersion,
    ...(prevResult === undefined ? {} : { prevResult }),
  });
  await context.delegate(delegate.type, { ...request, stdin }, {
    role: "main",
  });
}

function savedDelegate(request: Request): DelegateConfig | undefined {
  const saved = openDelegateState(request)?.find();
  if (saved?.delegate?.name !== request.config.name) return undefined;
  const object: JsonObject = JSON.parse(saved.text);
  return { ...object, ...saved.delegate };
}
