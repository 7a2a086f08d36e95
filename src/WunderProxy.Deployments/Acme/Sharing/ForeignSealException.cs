using WunderProxy.Deployments.Acme.Protocol;

namespace WunderProxy.Deployments.Acme.Sharing;

/// <summary>
/// Thrown when a shared document names another sealing key than ours: instances have different secrets, or a stranger who
/// may write the store put the document there. The two cannot be told apart.
/// </summary>
/// <param name="detail">Which document it is, and what to do: not for callers without rights.</param>
internal sealed class ForeignSealException(string detail)
    : AcmeException("a shared document is sealed with another key than that of --acme-key-file", detail);
