// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Account} from "../libraries/Account.sol";

/// @title Who asks the evaluator pool for verdicts and acts on them.
interface IPanelClient {
    /// @notice Ends a case. Only the evaluator pool, once for each panel that was convened.
    /// @param decided False when no quorum spoke, even after a redraw.
    /// @param score The median of the scores, 0 to 100; meaningless unless `decided`.
    /// @return payer Whose locked credits pay the panel: the fee that it was convened with must be locked there when this
    /// returns. Ignored unless `decided`.
    /// @dev Warning: a call that reverts would leave the case without an end, and its evaluators on duty.
    function rule(uint256 caseId, bool decided, uint256 score) external returns (Account payer);
}
