using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Diagnostics;

namespace WunderProxy.Deployments.Launching;

/// <summary>Passes progress on with secrets masked.</summary>
internal sealed class MaskedProgress(IProgress<DeploymentProgress> inner, SecretMask mask) : IProgress<DeploymentProgress>
{
    public void Report(DeploymentProgress value) => inner.Report(value with { Message = mask.Apply(value.Message) });
}
