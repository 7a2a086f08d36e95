using WunderProxy.Deployments.Applications;

namespace WunderProxy.Deployments.Launching;

/// <summary>The outcome of a launch within the control plane.</summary>
/// <param name="Deployment">The deployment whose container runs.</param>
/// <param name="Method"><c>running</c>, <c>started</c>, <c>created</c>, <c>pulled</c> or <c>loaded</c>.</param>
internal sealed record LaunchedContainer(Deployment Deployment, LaunchMethod Method);
