// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMarketParameters} from "../../../contracts/interfaces/IMarketParameters.sol";

/// @notice Parameters that a test sets as it likes, without bounds.
contract ParametersStub is IMarketParameters {
    Parameters private _current;

    constructor(Parameters memory initial) {
        _current = initial;
    }

    function set(Parameters calldata next) external {
        _current = next;
    }

    function current() external view returns (Parameters memory) {
        return _current;
    }
}
