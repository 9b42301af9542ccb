// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IUsageMeter} from "../../../contracts/interfaces/IUsageMeter.sol";
import {Account, accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {MeterTest} from "../utils/MeterTest.sol";
import {bound, vm} from "../utils/Vm.sol";

/// @notice What holds of channels, pledges and debts after any sequence of legal calls.
contract MeterInvariants is MeterTest {
    uint256 internal constant AGENTS = 3;
    uint256 internal constant MOST = 100 * CREDIT;

    uint256 internal time = START;
    address[2] internal providers = [PROVIDER, RIVAL];

    /// @dev What each agent should owe, and to whom, told from the interface's words.
    mapping(uint256 agentId => uint256) internal debts;
    mapping(uint256 agentId => address) internal creditors;
    uint256 internal deposited;

    /// @dev How often each of the rarer things has happened.
    uint256[6] internal census;

    /// @dev The fuzzer's next call may begin at another time than the last one ended.
    modifier onTime() {
        vm.warp(time);
        _;
    }

    function setUp() public override {
        super.setUp();
        for (uint256 i = 1; i < AGENTS; i++) _register(WORKER);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(this);
    }

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    function targetSelectors() public view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(this), new bytes4[](8));
        bytes4[8] memory selectors = [
            this.fill.selector,
            this.spend.selector,
            this.depart.selector,
            this.secure.selector,
            this.grant.selector,
            this.reward.selector,
            this.settle.selector,
            this.sell.selector
        ];
        for (uint256 i = 0; i < selectors.length; i++) targets[0].selectors[i] = selectors[i];
    }

    /* HANDLERS */

    /// @notice Opens a channel, or tops it up; what an agent cannot do in debt is refused.
    function fill(uint256 seed, uint256 amount) external onTime {
        (uint256 id, address to) = _pick(seed);
        IUsageMeter.Channel memory channel = meter.channelOf(id, SIGNER, to);
        if (channel.exitEnd != 0) return;
        if (channel.open && channel.ownerEpoch != registry.ownershipEpoch(id)) return;
        amount = bound(amount, 1, MOST);
        deposited += amount;
        _fundAgent(id, amount);
        if (debts[id] != 0) vm.expectRevert(_inDebt(accountOfAgent(id), debts[id]));
        vm.prank(WORKER);
        if (channel.open) meter.topUp(id, SIGNER, to, amount);
        else meter.open(id, SIGNER, to, amount);
    }

    /// @notice Redeems a voucher, often for more than the deposit, alone or in a batch with itself.
    function spend(uint256 seed, uint256 amount) external onTime {
        (uint256 id, address to) = _pick(seed);
        IUsageMeter.Channel memory channel = meter.channelOf(id, SIGNER, to);
        if (!channel.open || (channel.exitEnd != 0 && time >= channel.exitEnd)) return;
        amount = bound(amount, 1, channel.deposit + MOST);
        if (amount > channel.deposit) _overdraw(id, to, channel.ownerEpoch, amount - channel.deposit);
        IUsageMeter.Claim memory claim = IUsageMeter.Claim(id, SIGNER, channel.redeemed + amount, ROOT);
        epoch = channel.epoch;
        bytes memory signature = _signTo(SIGNER_KEY, to, claim);
        vm.prank(OUTSIDER);
        uint256 paid = meter.redeem(to, claim, signature);
        vm.assertEq(paid, amount < channel.deposit ? amount : channel.deposit, "paid");
    }

    function _overdraw(uint256 id, address to, uint256 ownerEpoch, uint256 shortfall) internal {
        census[0]++;
        if (debts[id] != 0 || ownerEpoch != registry.ownershipEpoch(id)) return;
        uint256 backing = meter.pledgeOf(id).amount + meter.creditLineOf(to, id);
        if (backing > LIMIT) backing = LIMIT;
        debts[id] = shortfall < backing ? shortfall : backing;
        creditors[id] = to;
        if (debts[id] != 0) census[1]++;
    }

    /// @notice Begins to leave a channel, or ends one.
    function depart(uint256 seed, bool byProvider) external onTime {
        (uint256 id, address to) = _pick(seed);
        IUsageMeter.Channel memory channel = meter.channelOf(id, SIGNER, to);
        if (!channel.open) return;
        if (channel.exitEnd == 0 && !byProvider) {
            vm.prank(WORKER);
            meter.startExit(id, SIGNER, to);
        } else if (byProvider || time >= channel.exitEnd) {
            _pays(id, channel.deposit);
            vm.prank(byProvider ? to : OUTSIDER);
            vm.assertEq(meter.close(id, SIGNER, to), channel.deposit, "rest");
            census[2]++;
        }
    }

    /// @notice Pledges, gives notice, or takes the pledge back.
    function secure(uint256 seed, uint256 amount) external onTime {
        (uint256 id, ) = _pick(seed);
        IUsageMeter.Pledge memory pledged = meter.pledgeOf(id);
        if (pledged.amount == 0 || seed % 4 == 0) {
            amount = bound(amount, 1, MOST);
            deposited += amount;
            _fundAgent(id, amount);
            vm.prank(WORKER);
            meter.pledge(id, amount);
        } else if (pledged.releaseAt == 0) {
            vm.prank(WORKER);
            meter.startUnpledge(id);
        } else if (time >= pledged.releaseAt && debts[id] == 0) {
            vm.prank(WORKER);
            meter.unpledge(id);
            census[3]++;
        }
    }

    function grant(uint256 seed, uint256 amount) external onTime {
        (uint256 id, address to) = _pick(seed);
        vm.prank(to);
        meter.setCreditLine(id, bound(amount, 0, MOST));
        time += seed % CHALLENGE_WINDOW;
    }

    /// @notice The market pays the agent.
    function reward(uint256 seed, uint256 amount) external onTime {
        (uint256 id, ) = _pick(seed);
        amount = bound(amount, 1, MOST);
        deposited += amount;
        _fundAndLock(accountOf(REQUESTER), 0, amount);
        _pays(id, amount);
        vm.prank(address(tasks));
        ledger.pay(accountOf(REQUESTER), accountOfAgent(id), amount);
    }

    /// @notice A debt ends: by seizure, by repayment, or because it is forgiven.
    function settle(uint256 seed, uint256 kind) external onTime {
        (uint256 id, ) = _pick(seed);
        if (debts[id] == 0) return;
        IUsageMeter.Pledge memory pledged = meter.pledgeOf(id);
        address creditor = creditors[id];
        uint256 free = _freeOf(accountOfAgent(id));
        if (kind % 3 == 0 && pledged.amount != 0 && time >= pledged.owedSince + CHALLENGE_WINDOW) {
            _pays(id, pledged.amount);
            vm.prank(creditor);
            meter.seize(id);
            census[4]++;
        } else if (kind % 3 == 1 && free != 0) {
            uint256 amount = bound(seed, 1, free < debts[id] ? free : debts[id]);
            _pays(id, amount);
            vm.prank(WORKER);
            ledger.repay(accountOfAgent(id), accountOfAgent(id), amount);
        } else if (kind % 9 == 2) {
            debts[id] = 0;
            vm.prank(creditor);
            ledger.forgive(accountOfAgent(id));
        }
    }

    /// @notice The agent changes hands, to the same hands, where nothing holds it back.
    function sell(uint256 seed) external onTime {
        (uint256 id, ) = _pick(seed);
        if (debts[id] != 0 || _lockedOf(accountOfAgent(id)) != 0) return;
        vm.prank(WORKER);
        registry.transferFrom(WORKER, WORKER, id);
        census[5]++;
    }

    /* INVARIANTS */

    /// @notice What the meter holds is what is left in the channels; agents' locked credits are their pledges; debts are
    /// what was overdrawn and not yet paid or forgiven; credits are conserved.
    function invariant_Meter() external {
        uint256 left;
        uint256 all = _freeOf(provider) + _freeOf(accountOf(RIVAL));
        for (uint256 id = 1; id <= AGENTS; id++) {
            Account account = accountOfAgent(id);
            for (uint256 i = 0; i < providers.length; i++) {
                left += meter.channelOf(id, SIGNER, providers[i]).deposit;
            }
            _assertDebt(account, accountOf(creditors[id]), debts[id], "agent");
            vm.assertEq(_lockedOf(account), meter.pledgeOf(id).amount, "locked is pledged");
            all += _freeOf(account) + _lockedOf(account);
        }
        _assertBalance(deposits, 0, left, "deposits");
        vm.assertEq(all + left, deposited, "credits are conserved");
        _assertHolds(deposited, "tokens held");
    }

    /// @notice Whatever happened, every channel can be emptied and every pledge comes free or goes to the creditor.
    function afterInvariant() external {
        vm.warp(time);
        for (uint256 id = 1; id <= AGENTS; id++) {
            for (uint256 i = 0; i < providers.length; i++) _beginToLeave(id, providers[i]);
            if (meter.pledgeOf(id).amount == 0) continue;
            vm.prank(WORKER);
            meter.startUnpledge(id);
        }
        time += CHALLENGE_WINDOW;
        vm.warp(time);
        for (uint256 id = 1; id <= AGENTS; id++) _windUp(id);
        _assertBalance(deposits, 0, 0, "deposits");
    }

    /// @dev One long sequence leads to every rarer thing, or else the invariants would say little.
    function testCallsReachEverything() external {
        bytes4[] memory selectors = targetSelectors()[0].selectors;
        for (uint256 i = 0; i < 800; i++) {
            uint256 seed = uint256(keccak256(abi.encode(i)));
            bytes memory words = abi.encode(
                seed >> 8,
                uint256(keccak256(abi.encode(seed))) % 2 == 0 ? seed : i
            );
            if (selectors[seed % 8] == this.depart.selector) words = abi.encode(seed >> 8, seed % 64 < 8);
            (bool done, ) = address(this).call(bytes.concat(selectors[seed % 8], words));
            vm.assertTrue(done, "a call reverted");
            this.invariant_Meter();
        }
        for (uint256 i = 0; i < census.length; i++) {
            vm.assertGt(census[i], 0, string.concat("census: ", vm.toString(i)));
        }
    }

    /* INTERNAL */

    function _beginToLeave(uint256 id, address to) internal {
        IUsageMeter.Channel memory channel = meter.channelOf(id, SIGNER, to);
        if (!channel.open || channel.exitEnd != 0) return;
        vm.prank(WORKER);
        meter.startExit(id, SIGNER, to);
    }

    function _windUp(uint256 id) internal {
        for (uint256 i = 0; i < providers.length; i++) {
            if (!meter.channelOf(id, SIGNER, providers[i]).open) continue;
            vm.prank(OUTSIDER);
            meter.close(id, SIGNER, providers[i]);
        }
        if (meter.pledgeOf(id).amount != 0 && meter.isIndebted(id)) {
            vm.prank(creditors[id]);
            meter.seize(id);
        }
        if (meter.pledgeOf(id).amount != 0) {
            vm.prank(WORKER);
            meter.unpledge(id);
        }
        _assertBalance(accountOfAgent(id), _freeOf(accountOfAgent(id)), 0, "agent");
    }

    /// @dev What comes in pays the debt first.
    function _pays(uint256 id, uint256 amount) internal {
        debts[id] -= debts[id] < amount ? debts[id] : amount;
    }

    function _pick(uint256 seed) internal view returns (uint256 id, address to) {
        seed = uint256(keccak256(abi.encode(seed)));
        return ((seed % AGENTS) + 1, providers[(seed >> 8) % 2]);
    }
}
