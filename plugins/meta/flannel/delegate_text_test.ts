import { assertEquals } from "@std/assert";
import { formatDelegate } from "./delegate_text.ts";

Deno.test("formatDelegate() writes numbers and keys as Go does", () => {
  const object = JSON.parse(
    '{"name":"n","type":"t","b":{"10":1,"9":2},"big":12345678901234567890,' +
      '"one":1.0,"exp":1e30,"small":1e-7,"sep":"\u2028"}',
  );
  assertEquals(
    formatDelegate(object),
    '{"b":{"10":1,"9":2},"big":12345678901234567000,"exp":1e+30,"name":"n",' +
      '"one":1,"sep":"\\u2028","small":1e-7,"type":"t"}',
  );
});

Deno.test("formatDelegate() keeps the order in routes of ipam alone", () => {
  const routes = [{ dst: "d", advmss: 1 }];
  const delegate = { name: "n", type: "t", routes, ipam: { routes } };
  assertEquals(
    formatDelegate(delegate),
    '{"ipam":{"routes":[{"dst":"d","advmss":1}]},"name":"n",' +
      '"routes":[{"advmss":1,"dst":"d"}],"type":"t"}',
  );
});
