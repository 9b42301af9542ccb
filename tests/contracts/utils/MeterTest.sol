// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMarketParameters} from "../../../contracts/interfaces/IMarketParameters.sol";
import {IUsageMeter} from "../../../contracts/interfaces/IUsageMeter.sol";
import {Account, accountOf, accountOfAgent} from "../../../contracts/libraries/Account.sol";
import {LedgerTest} from "./LedgerTest.sol";
import {vm} from "./Vm.sol";

/// @notice One agent of WORKER, one provider, and the key that signs the agent's vouchers.
/// @dev Ids and hashes by hand, as outside tools compute them; so a helper may stand behind an expectation.
abstract contract MeterTest is LedgerTest {
    uint256 internal constant DEPOSIT = 50 * CREDIT;
    uint256 internal constant LIMIT = 1_000 * CREDIT;
    bytes32 internal constant ROOT = keccak256("receipts");

    uint256 internal constant SIGNER_KEY = uint256(keccak256("signer"));
    address internal immutable SIGNER = _actor("signer");
    address internal immutable PROVIDER = _actor("provider");

    uint256 internal agentId;
    Account internal agent;
    Account internal provider;
    Account internal deposits;

    /// @dev What is signed is signed for this channel.
    uint256 internal epoch;

    function setUp() public virtual override {
        super.setUp();
        agentId = _register(WORKER);
        agent = accountOfAgent(agentId);
        provider = accountOf(PROVIDER);
        deposits = accountOf(address(meter));
        _setOverdraftLimit(LIMIT);
    }

    function _setOverdraftLimit(uint256 limit) internal {
        IMarketParameters.Parameters memory terms = _terms();
        terms.overdraftLimit = uint48(limit);
        parameters.set(terms);
    }

    /* CHANNELS */

    function _open(uint256 amount) internal returns (bytes32 id) {
        _fund(agent, amount);
        vm.prank(WORKER);
        return meter.open(agentId, SIGNER, PROVIDER, amount);
    }

    function _startExit() internal {
        vm.prank(WORKER);
        meter.startExit(agentId, SIGNER, PROVIDER);
    }

    function _id() internal view returns (bytes32) {
        return _idOf(agentId, SIGNER, PROVIDER);
    }

    function _idOf(uint256 id, address signer, address to) internal view returns (bytes32) {
        return keccak256(abi.encode(keccak256(abi.encode(id, signer, to)), epoch));
    }

    function _channel() internal view returns (IUsageMeter.Channel memory) {
        return meter.channelOf(agentId, SIGNER, PROVIDER);
    }

    function _assertChannel(uint256 deposit, uint256 redeemed, string memory label) internal {
        IUsageMeter.Channel memory channel = _channel();
        vm.assertTrue(channel.open, string.concat(label, ": open"));
        vm.assertEq(channel.deposit, deposit, string.concat(label, ": deposit"));
        vm.assertEq(channel.redeemed, redeemed, string.concat(label, ": redeemed"));
    }

    /* VOUCHERS */

    function _claim(uint256 cumulative) internal view returns (IUsageMeter.Claim memory) {
        return IUsageMeter.Claim(agentId, SIGNER, cumulative, ROOT);
    }

    function _hash(bytes32 id, uint256 cumulative, bytes32 root) internal view returns (bytes32) {
        bytes32 typehash = keccak256(
            "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
        );
        bytes32 domain = keccak256(
            abi.encode(typehash, keccak256("UsageMeter"), keccak256("1"), block.chainid, address(meter))
        );
        typehash = keccak256("Voucher(bytes32 channelId,uint256 cumulative,bytes32 receiptsRoot)");
        bytes32 structHash = keccak256(abi.encode(typehash, id, cumulative, root));
        return keccak256(abi.encodePacked("\x19\x01", domain, structHash));
    }

    function _sign(uint256 key, IUsageMeter.Claim memory claim) internal view returns (bytes memory) {
        return _signTo(key, PROVIDER, claim);
    }

    function _signTo(
        uint256 key,
        address to,
        IUsageMeter.Claim memory claim
    ) internal view returns (bytes memory) {
        bytes32 digest = _hash(_idOf(claim.agentId, claim.signer, to), claim.cumulative, claim.receiptsRoot);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    /// @dev In the short form.
    function _voucher(
        uint256 key,
        IUsageMeter.Claim memory claim
    ) internal view returns (IUsageMeter.Voucher memory) {
        bytes32 digest = _hash(
            _idOf(claim.agentId, claim.signer, PROVIDER),
            claim.cumulative,
            claim.receiptsRoot
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return IUsageMeter.Voucher(claim, r, bytes32((uint256(v - 27) << 255) | uint256(s)));
    }

    function _submitVoucher(
        IUsageMeter.Claim memory claim,
        bytes memory signature
    ) internal returns (uint256) {
        vm.prank(OUTSIDER);
        return meter.redeem(PROVIDER, claim, signature);
    }

    function _redeem(uint256 cumulative) internal returns (uint256 paid) {
        IUsageMeter.Claim memory claim = _claim(cumulative);
        return _submitVoucher(claim, _sign(SIGNER_KEY, claim));
    }

    function _expectRefused(IUsageMeter.Claim memory claim, IUsageMeter.Flaw flaw) internal {
        vm.expectRevert(
            abi.encodeWithSelector(
                IUsageMeter.VoucherRefused.selector,
                _idOf(claim.agentId, claim.signer, PROVIDER),
                claim.cumulative,
                flaw
            )
        );
    }

    /* DEBTS */

    function _pledge(uint256 amount) internal {
        _fund(agent, amount);
        vm.prank(WORKER);
        meter.pledge(agentId, amount);
    }

    function _grant(uint256 amount) internal {
        vm.prank(PROVIDER);
        meter.setCreditLine(agentId, amount);
    }

    /// @dev Leaves the agent with nothing, an empty channel, and this debt to the provider, on the provider's line.
    function _indebt(uint256 debt) internal {
        _grant(debt);
        _open(1);
        _redeem(1 + debt);
    }

    function _expectCannotAct(address caller) internal {
        vm.expectRevert(abi.encodeWithSelector(IUsageMeter.CannotAct.selector, agentId, caller));
        vm.prank(caller);
    }

    function _expectNotOpen() internal {
        vm.expectRevert(abi.encodeWithSelector(IUsageMeter.NotOpen.selector, _id()));
    }
}
