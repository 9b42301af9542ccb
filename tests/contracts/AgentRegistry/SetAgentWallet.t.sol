// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AgentRegistry} from "../../../contracts/AgentRegistry.sol";
import {IAgentRegistry} from "../../../contracts/interfaces/IAgentRegistry.sol";
import {ERC1271Wallet} from "../mocks/ERC1271Wallet.sol";
import {RefusingOwner} from "../mocks/RefusingOwner.sol";
import {RegistryTest} from "../utils/RegistryTest.sol";
import {bound, vm} from "../utils/Vm.sol";

contract SetAgentWalletTest is RegistryTest {
    uint256 internal constant LATEST = START + 5 minutes;

    function testFuzzSetAgentWallet(uint256 key, uint256 deadline) public {
        key = bound(key, 1, type(uint128).max);
        deadline = bound(deadline, START, LATEST);
        _testSet(WORKER, vm.addr(key), deadline, _sign(key, vm.addr(key), deadline));
    }

    function testSetAgentWalletByOperatorAndApproved() public {
        _approveBoth();
        bytes memory signature = _sign(REQUESTER_KEY, REQUESTER, START);
        _testSet(RIVAL, REQUESTER, START, signature);
        _testSet(THIRD, REQUESTER, START, signature);
    }

    /// A contract signs as ERC-1271 says.
    function testFuzzSetAgentWalletToContract(uint256 key) public {
        key = bound(key, 1, type(uint128).max);
        address wallet = address(new ERC1271Wallet(vm.addr(key)));
        _testSet(WORKER, wallet, START, _sign(key, wallet, START));
    }

    /// An account that lent itself code (EIP-7702) signs with its key, whatever the code says of signatures.
    function testFuzzSetAgentWalletToDelegatedAccount(uint256 key) public {
        key = bound(key, 1, type(uint128).max);
        address wallet = vm.addr(key);
        vm.etch(wallet, address(new RefusingOwner()).code);
        _testSet(WORKER, wallet, START, _sign(key, wallet, START));
    }

    function _testSet(address caller, address wallet, uint256 deadline, bytes memory signature) internal {
        vm.expectEmit(address(registry));
        emit IAgentRegistry.MetadataSet(agentId, "agentWallet", "agentWallet", abi.encodePacked(wallet));
        vm.prank(caller);
        registry.setAgentWallet(agentId, wallet, deadline, signature);

        vm.assertEq(registry.getAgentWallet(agentId), wallet, "wallet");
        vm.assertEq(registry.getMetadata(agentId, "agentWallet"), abi.encodePacked(wallet), "wallet bytes");
        vm.assertTrue(registry.canAct(agentId, wallet), "wallet acts");
        vm.assertTrue(registry.canAct(agentId, WORKER), "owner acts");
        vm.assertFalse(registry.isAuthorizedOrOwner(wallet, agentId), "wallet is no owner");
    }

    function testFuzzSetAgentWalletSignedByAnother(uint256 key) public {
        key = bound(key, 1, type(uint128).max);
        vm.assume(key != REQUESTER_KEY);
        _expectInvalid(REQUESTER, _sign(key, REQUESTER, START));
    }

    function testFuzzSetAgentWalletBadContractSignature(uint256 key) public {
        key = bound(key, 1, type(uint128).max);
        vm.assume(key != WORKER_KEY);
        address wallet = address(new ERC1271Wallet(WORKER));
        _expectInvalid(wallet, _sign(key, wallet, START));
        _expectInvalid(address(token), _sign(key, address(token), START));
    }

    function testSetAgentWalletSignatureOfAnotherAgent() public {
        bytes memory signature = _sign(REQUESTER_KEY, REQUESTER, START);
        agentId = _register(WORKER);
        _expectInvalid(REQUESTER, signature);
    }

    function testSetAgentWalletSignatureForAnotherOwner() public {
        bytes memory signature = _sign(REQUESTER_KEY, REQUESTER, START);
        vm.startPrank(WORKER);
        registry.approve(WORKER, agentId);
        registry.transferFrom(WORKER, RIVAL, agentId);
        vm.stopPrank();
        vm.prank(RIVAL);
        registry.approve(WORKER, agentId);
        _expectInvalid(REQUESTER, signature);
    }

    function testSetAgentWalletSignatureOfAnotherChain() public {
        bytes memory signature = _sign(REQUESTER_KEY, REQUESTER, START);
        vm.chainId(1);
        _expectInvalid(REQUESTER, signature);
    }

    function testSetAgentWalletSignatureOfAnotherRegistry() public {
        bytes memory signature = _sign(REQUESTER_KEY, REQUESTER, START);
        vm.startPrank(ADMIN);
        _deployMarket();
        vm.stopPrank();
        vm.assertEq(_register(WORKER), agentId, "same id in the other registry");
        _expectInvalid(REQUESTER, signature);
    }

    function _expectInvalid(address wallet, bytes memory signature) internal {
        vm.expectRevert(
            abi.encodeWithSelector(IAgentRegistry.InvalidWalletSignature.selector, agentId, wallet)
        );
        vm.prank(WORKER);
        registry.setAgentWallet(agentId, wallet, START, signature);
    }

    function testSetAgentWalletAroundItsDeadline() public {
        bytes memory signature = _sign(REQUESTER_KEY, REQUESTER, START);
        vm.warp(START - 1);
        _testSet(WORKER, REQUESTER, START, signature);
        vm.warp(START);
        _testSet(WORKER, REQUESTER, START, signature);
        vm.warp(START + 1);
        vm.expectRevert(abi.encodeWithSelector(IAgentRegistry.SignatureExpired.selector, START, START + 1));
        vm.prank(WORKER);
        registry.setAgentWallet(agentId, REQUESTER, START, signature);
    }

    function testSetAgentWalletDeadlineTooFar() public {
        _testSet(WORKER, REQUESTER, LATEST - 1, _sign(REQUESTER_KEY, REQUESTER, LATEST - 1));
        _testSet(WORKER, REQUESTER, LATEST, _sign(REQUESTER_KEY, REQUESTER, LATEST));
        bytes memory signature = _sign(REQUESTER_KEY, REQUESTER, LATEST + 1);
        vm.expectRevert(abi.encodeWithSelector(IAgentRegistry.DeadlineTooFar.selector, LATEST + 1, LATEST));
        vm.prank(WORKER);
        registry.setAgentWallet(agentId, REQUESTER, LATEST + 1, signature);
    }

    function testFuzzSetAgentWalletToNobody(bytes memory signature) public {
        vm.expectRevert(IAgentRegistry.InvalidWallet.selector);
        vm.prank(WORKER);
        registry.setAgentWallet(agentId, address(0), START, signature);
    }

    function testFuzzSetAgentWalletNotAuthorized(address caller) public {
        _expectNotAuthorized(caller);
        registry.setAgentWallet(agentId, caller, START, "");
    }

    function testFuzzSetAgentWalletOfUnknown(uint256 unknown) public {
        _expectNonexistent(unknown);
        registry.setAgentWallet(unknown, REQUESTER, START, "");
    }

    /// @dev EIP-712 by hand, so that the domain and the type are those which outside tools sign.
    function _sign(uint256 key, address wallet, uint256 deadline) internal view returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak256("ERC8004IdentityRegistry"),
                keccak256("1"),
                block.chainid,
                address(registry)
            )
        );
        bytes32 message = keccak256(
            abi.encode(
                keccak256("AgentWalletSet(uint256 agentId,address newWallet,address owner,uint256 deadline)"),
                agentId,
                wallet,
                registry.ownerOf(agentId),
                deadline
            )
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(
            key,
            keccak256(abi.encodePacked("\x19\x01", domain, message))
        );
        return abi.encodePacked(r, s, v);
    }
}
