// The entry for those who bundle: `import "scar-chat"` makes <scar-chat server="..."> known.

import { define } from "./element";

define({
  core: () => import("./core"),
  strings: (language) => (language === "es" ? import("./strings/es") : import("./strings/en")),
});
