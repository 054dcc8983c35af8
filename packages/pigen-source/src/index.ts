export { checkBegins } from "./check-begins.ts";
export { checkBootstrap } from "./check-bootstrap.ts";
export { checkFits } from "./check-fits.ts";
export { parseDepends, requireDepends } from "./depends.ts";
export { describeCheckout, type KnownCheckout } from "./describe-checkout.ts";
export { findCheckout } from "./find-checkout.ts";
export { type NewerTag, newerTags, type PinReport } from "./newer-tags.ts";
export {
  type Checkout,
  type CheckoutOptions,
  type SyncedCheckout,
  syncCheckout,
} from "./sync-checkout.ts";
