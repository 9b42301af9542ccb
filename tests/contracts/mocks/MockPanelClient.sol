// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPanelClient} from "../../../contracts/interfaces/IPanelClient.sol";
import {Account} from "../../../contracts/libraries/Account.sol";

/// @notice A client that writes down every verdict, names whoever a test chose as the payer, and calls back on demand.
contract MockPanelClient is IPanelClient {
    uint256 public verdicts;
    uint256 public caseId;
    bool public decided;
    uint256 public score;

    Account private _payer;
    bytes private _callback;
    bytes public callbackAnswer;

    function setPayer(Account payer) external {
        _payer = payer;
    }

    /// @dev What to call the pool with while it waits for the payer.
    function setCallback(bytes calldata callback) external {
        _callback = callback;
    }

    function rule(uint256 caseId_, bool decided_, uint256 score_) external returns (Account payer) {
        verdicts++;
        (caseId, decided, score) = (caseId_, decided_, score_);
        if (_callback.length != 0) (, callbackAnswer) = msg.sender.call(_callback);
        return _payer;
    }
}
