using WunderProxy.Certificates;

namespace WunderProxy.Tests.Certificates;

/// <summary>Keeps what it is told, a line for each call.</summary>
internal sealed class ScriptedCertificateLog : ICertificateLog
{
    public List<string> Lines { get; } = [];

    public void Renewed(int count) => Lines.Add($"renewed {count}");

    public void Failed(string message) => Lines.Add($"failed {message}");
}
