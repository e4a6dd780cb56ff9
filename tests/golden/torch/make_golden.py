"""Make the files beside this one, with real PyTorch: ``python make_golden.py``."""

import copy
from pathlib import Path

import numpy as np
import torch
from torch import nn

HERE = Path(__file__).parent


def main():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Linear(5, 3))
    net[2].weight.data = net[2].weight.data.t().contiguous().t()  # strides of its own
    optimizer = torch.optim.Adam(net.parameters(), lr=4e-5)
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, [100, 200, 260], gamma=0.333)
    sum(parameter.square().sum() for parameter in net.parameters()).backward()
    optimizer.step()
    state = copy.copy(net.state_dict(keep_vars=True))  # parameters, not bare tensors
    shared = torch.randn(10)
    state["shared.first"], state["shared.rest"] = shared[:4], shared[4:].reshape(2, 3)
    state["half"], state["double"] = torch.randn(3).half(), torch.randn(2, 2).double()
    checkpoint = {
        "state_dict": state,
        "optimizer": optimizer.state_dict(),
        "scheduler": scheduler.state_dict(),
        "iter": 370000,
        "current_epoch": 200,
    }
    torch.save(checkpoint, HERE / "archive.pth")
    torch.save(checkpoint, HERE / "stream.pth", _use_new_zipfile_serialization=False)
    arrays = {name: tensor.detach().numpy() for name, tensor in state.items()}
    np.savez(HERE / "expected.npz", **arrays)


if __name__ == "__main__":
    main()
