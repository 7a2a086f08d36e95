using System.Security.Cryptography;
using WunderProxy.Deployments.Acme;
using WunderProxy.Deployments.Acme.Sharing;
using WunderProxy.Deployments.Contracts;
using WunderProxy.Deployments.Storage;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Acme;

/// <summary>One instance that keeps a certificate for one host, on a clock that the test moves.</summary>
internal sealed class KeeperUnderTest : IDisposable
{
    public const string Host = "shop.example.test";

    public static readonly byte[] Secret = RandomNumberGenerator.GetBytes(32);

    private readonly AcmeState _state;

    public KeeperUnderTest(
        ScriptedAcmeServer server, TimeProvider clock, string directory, IObjectStore? store = null, byte[]? secret = null, bool hasKey = true, string[]? hosts = null)
    {
        _state = AcmeState.TryOpen(directory) ?? throw new InvalidOperationException("the state directory is locked");
        var options = new AcmeOptions
        {
            Hosts = hosts ?? [Host, "*.example.test"],
            Directory = server.DirectoryUrl,
            Email = "ops@example.test",
            SharingKey = store is null || !hasKey ? null : new SealingKey(secret ?? Secret),
        };
        Keeper = new CertificateKeeper(
            options, _state, Sink, Sink, store is null ? null : new AcmeSharing(store, "apps/shop"), Loggers, clock);
        Keeper.Load();
    }

    public RecordingSink Sink { get; } = new();

    public RecordingLoggerFactory Loggers { get; } = new();

    public CertificateKeeper Keeper { get; }

    public ManagedHost Managed => Keeper.Hosts[0];

    public OrderedCertificateView View => Keeper.Snapshot().Hosts[0];

    public string Warnings => string.Join('\n', Keeper.Snapshot().Warnings);

    /// <summary>All that callers without rights see of errors and warnings.</summary>
    public string ForAnybody
    {
        get
        {
            var view = Keeper.Snapshot().ForAnybody();
            return string.Join('\n', [.. view.Warnings, .. view.Hosts.Select(host => host.LastError)]);
        }
    }

    /// <summary>Looks at the host as if any pause had passed.</summary>
    public Task LookAsync()
    {
        Managed.NextOrder = DateTimeOffset.MinValue;
        return LookInPauseAsync();
    }

    public Task LookInPauseAsync() => Keeper.LookAsync(Managed, CancellationToken.None);

    public void Dispose()
    {
        Keeper.Dispose();
        _state.Dispose();
    }
}
