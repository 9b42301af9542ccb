// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {IUsageMeter} from "../../../contracts/interfaces/IUsageMeter.sol";
import {accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {MeterTest} from "../utils/MeterTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract RedeemManyTest is MeterTest {
    uint256 internal constant SIZE = 5;

    uint256[SIZE] internal agents;

    /// @dev Every agent has a channel, with the same signer.
    function setUp() public override {
        super.setUp();
        for (uint256 i = 0; i < SIZE; i++) {
            agents[i] = i == 0 ? agentId : _register(WORKER);
            _fundAgent(agents[i], DEPOSIT);
            vm.prank(WORKER);
            meter.open(agents[i], SIGNER, PROVIDER, DEPOSIT);
        }
    }

    function testFuzzRedeemMany(uint256[SIZE] memory sums, address relayer) public {
        IUsageMeter.Voucher[] memory batch = new IUsageMeter.Voucher[](SIZE);
        uint256 total;
        for (uint256 i = 0; i < SIZE; i++) {
            sums[i] = bound(sums[i], 1, DEPOSIT);
            total += sums[i];
            batch[i] = _voucherOf(i, sums[i]);
            vm.expectEmit(address(meter));
            emit IUsageMeter.Redeemed(_idOf(agents[i], SIGNER, PROVIDER), sums[i], ROOT);
        }
        vm.expectEmit(address(ledger));
        emit ILedger.Paid(deposits, provider, total);
        vm.prank(relayer);
        vm.assertEq(meter.redeemMany(PROVIDER, batch), total, "paid");

        for (uint256 i = 0; i < SIZE; i++) _assertChannelOf(i, DEPOSIT - sums[i], sums[i]);
        _assertBalance(provider, total, 0, "provider");
        _assertBalance(deposits, 0, SIZE * DEPOSIT - total, "deposits");
    }

    /// The same channel may come twice, and what comes out of order is passed over.
    function testRedeemSameChannel() public {
        IUsageMeter.Voucher[] memory batch = new IUsageMeter.Voucher[](4);
        (batch[0], batch[1]) = (_voucherOf(0, 1), _voucherOf(0, 3));
        (batch[2], batch[3]) = (_voucherOf(0, 2), _voucherOf(0, 3));
        _expectSkipped(batch[2].claim, IUsageMeter.Flaw.Stale);
        _expectSkipped(batch[3].claim, IUsageMeter.Flaw.Stale);
        vm.assertEq(meter.redeemMany(PROVIDER, batch), 3, "paid");
        _assertChannelOf(0, DEPOSIT - 3, 3);
    }

    /// Attack: somebody redeems one voucher of the batch before it, or closes one channel: the others are paid.
    function testFuzzBatchInterfered(uint256 which) public {
        which = bound(which, 0, SIZE - 2);
        IUsageMeter.Voucher[] memory batch = _batch(CREDIT);
        IUsageMeter.Claim memory claim = batch[which].claim;
        _submitVoucher(claim, _sign(SIGNER_KEY, claim));
        vm.prank(PROVIDER);
        meter.close(agents[which + 1], SIGNER, PROVIDER);

        _expectSkipped(claim, IUsageMeter.Flaw.Stale);
        epoch = 1;
        _expectSkipped(batch[which + 1].claim, IUsageMeter.Flaw.NotOpen);
        vm.assertEq(meter.redeemMany(PROVIDER, batch), (SIZE - 2) * CREDIT, "paid");
        _assertBalance(provider, (SIZE - 1) * CREDIT, 0, "provider");
        for (uint256 i = 0; i < SIZE; i++) {
            if (i != which + 1) _assertChannelOf(i, DEPOSIT - CREDIT, CREDIT);
        }
    }

    /// Whatever `redeem` would refuse is reported, and holds up nobody.
    function testFuzzEachFlaw(uint256 key) public {
        key = bound(key, 1, type(uint128).max);
        vm.assume(key != SIGNER_KEY);
        IUsageMeter.Voucher[] memory batch = _batch(CREDIT);
        batch[0] = _voucher(key, batch[0].claim);
        batch[1] = _voucherOf(1, uint256(type(uint64).max) + 1);
        vm.prank(WORKER);
        meter.startExit(agents[2], SIGNER, PROVIDER);
        vm.warp(START + CHALLENGE_WINDOW);
        batch[3].r = 0;
        _expectSkipped(batch[0].claim, IUsageMeter.Flaw.WrongSignature);
        _expectSkipped(batch[1].claim, IUsageMeter.Flaw.Excessive);
        _expectSkipped(batch[2].claim, IUsageMeter.Flaw.ExitOver);
        _expectSkipped(batch[3].claim, IUsageMeter.Flaw.WrongSignature);
        vm.assertEq(meter.redeemMany(PROVIDER, batch), CREDIT, "paid");
        _assertBalance(provider, CREDIT, 0, "provider");
    }

    /// A voucher's overdraft is owed by its own agent, and paid by nobody else's deposit.
    function testFuzzOverdraftInBatch(uint256 line, uint256 more) public {
        line = bound(line, 1, CREDIT);
        more = bound(more, 1, 2 * CREDIT);
        _grant(line);
        IUsageMeter.Voucher[] memory batch = _batch(CREDIT);
        batch[0] = _voucherOf(0, DEPOSIT + more);
        uint256 owed = more < line ? more : line;
        vm.expectEmit(address(meter));
        emit IUsageMeter.Overdrawn(_id(), owed, more - owed);
        uint256 total = DEPOSIT + (SIZE - 1) * CREDIT;
        vm.assertEq(meter.redeemMany(PROVIDER, batch), total, "paid");
        _assertDebt(agent, provider, owed, "agent");
        _assertChannelOf(0, 0, DEPOSIT + more);
        _assertBalance(provider, total, 0, "provider");
        for (uint256 i = 1; i < SIZE; i++) {
            _assertDebt(accountOfAgent(agents[i]), provider, 0, "another");
            _assertChannelOf(i, DEPOSIT - CREDIT, CREDIT);
        }
    }

    /// A batch of debts alone moves no credits.
    function testOnlyDebts() public {
        _grant(CREDIT);
        IUsageMeter.Voucher[] memory batch = new IUsageMeter.Voucher[](1);
        _redeem(DEPOSIT);
        batch[0] = _voucherOf(0, DEPOSIT + CREDIT);
        vm.assertEq(meter.redeemMany(PROVIDER, batch), 0, "paid");
        _assertDebt(agent, provider, CREDIT, "agent");
    }

    function testEmptyBatch() public {
        vm.assertEq(meter.redeemMany(PROVIDER, new IUsageMeter.Voucher[](0)), 0, "paid");
    }

    function _batch(uint256 cumulative) internal view returns (IUsageMeter.Voucher[] memory batch) {
        batch = new IUsageMeter.Voucher[](SIZE);
        for (uint256 i = 0; i < SIZE; i++) batch[i] = _voucherOf(i, cumulative);
    }

    function _voucherOf(uint256 i, uint256 cumulative) internal view returns (IUsageMeter.Voucher memory) {
        return _voucher(SIGNER_KEY, IUsageMeter.Claim(agents[i], SIGNER, cumulative, ROOT));
    }

    function _expectSkipped(IUsageMeter.Claim memory claim, IUsageMeter.Flaw flaw) internal {
        bytes32 id = _idOf(claim.agentId, SIGNER, PROVIDER);
        vm.expectEmit(address(meter));
        emit IUsageMeter.VoucherSkipped(id, claim.cumulative, flaw);
    }

    function _assertChannelOf(uint256 i, uint256 deposit, uint256 redeemed) internal {
        IUsageMeter.Channel memory channel = meter.channelOf(agents[i], SIGNER, PROVIDER);
        vm.assertEq(channel.deposit, deposit, "deposit");
        vm.assertEq(channel.redeemed, redeemed, "redeemed");
    }
}
