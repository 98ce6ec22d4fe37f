// SPDX-License-Identifier: AGPL-3.0-or-later
// The plugins of Bootstrap Italia the pages use. Each listens to its own data-bs-toggle attributes.
import Collapse from "bootstrap-italia/src/js/plugins/collapse.js";
import NavBarCollapsible from "bootstrap-italia/src/js/plugins/navbar-collapsible.js";

export { Collapse, NavBarCollapsible };
