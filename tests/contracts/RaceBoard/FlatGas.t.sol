// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RaceTest} from "../utils/RaceTest.sol";
import {vm} from "../utils/Vm.sol";

/// @notice What a call costs does not depend on how many have entered.
contract RaceFlatGasTest is RaceTest {
    uint256 internal constant ENTRIES = 60;
    /// @dev One percent, for the length of numbers in calldata.
    uint256 internal constant TOLERANCE = 100;

    function testFlatGas() public {
        _postRace(false);
        uint256[] memory agents = new uint256[](ENTRIES);
        uint256[3][ENTRIES] memory gas_;
        for (uint256 i = 0; i < ENTRIES; i++) agents[i] = _entrant(WORKER);
        for (uint256 i = 0; i < ENTRIES; i++) {
            bytes32 digest = _digestOf(agents[i]);
            gas_[i][0] = gasleft();
            _enterAs(WORKER, agents[i], digest);
            gas_[i][0] -= gasleft();
        }
        vm.warp(biddingEnd);
        for (uint256 i = 0; i < ENTRIES; i++) {
            gas_[i][1] = gasleft();
            _show(agents[i]);
            gas_[i][1] -= gasleft();
        }
        vm.warp(revealEnd);
        _advance(NO_STEPS);
        for (uint256 i = 0; i < ENTRIES; i++) {
            gas_[i][2] = gasleft();
            _judge(agents[i], 0);
            gas_[i][2] -= gasleft();
        }
        // The first of all pays for what is cold, and the last judgement ends the race.
        for (uint256 call = 0; call < 3; call++) _assertFlat(gas_[2][call], gas_[ENTRIES - 2][call]);
    }

    function _assertFlat(uint256 early, uint256 late) internal {
        vm.assertLe(late * BPS, early * (BPS + TOLERANCE), "late");
        vm.assertLe(early * BPS, late * (BPS + TOLERANCE), "early");
    }
}
