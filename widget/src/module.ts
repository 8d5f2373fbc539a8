// The entry for those who bundle: `import "scar-chat"` makes <scar-chat server="..."> known.

import { define } from "./element";
import * as english from "./strings/en";
import * as spanish from "./strings/es";

define({
  core: () => import("./core"),
  strings: async (language) => (language === "es" ? spanish : english),
});
