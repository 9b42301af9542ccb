// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMarketParameters} from "../../../contracts/interfaces/IMarketParameters.sol";

/// @notice Parameters as a test wants them: only the overdraft limit, a thousand credits at first.
contract FixedParameters is IMarketParameters {
    uint48 private _overdraftLimit = 1_000e6;

    function setOverdraftLimit(uint48 limit) external {
        _overdraftLimit = limit;
    }

    function current() external view returns (Parameters memory values) {
        values.overdraftLimit = _overdraftLimit;
    }
}
