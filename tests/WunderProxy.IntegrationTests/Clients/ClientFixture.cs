using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Clients;

/// <summary>The application and the built program in front of it, for the tests of one client.</summary>
/// <param name="wiring">How the program drives its sockets, and whether over TLS: see <see cref="ProxyWiring.Parse"/>.</param>
/// <param name="options">Further options of the program.</param>
internal abstract class ClientFixture(string wiring, params string[] options)
{
    private ApplicationProcess? _application;
    private ForwardProcess? _proxy;
    private DirectoryInfo? _folder;

    protected ForwardProcess Proxy => _proxy!;

    protected ProxyWiring Wiring { get; } = ProxyWiring.Parse(wiring);

    /// <summary>For the files of a test; removed at the end. What lies in it is served below <c>/files</c>.</summary>
    protected string Folder => _folder!.FullName;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _folder = Directory.CreateTempSubdirectory("wunderproxy-clients-");
        await PrepareAsync();
        _application = await ApplicationProcess.StartAsync(Folder);
        _proxy = await ForwardProcess.StartAsync(
            _application.EndPoint, Wiring, ["--access-log", "none", .. options]);
    }

    [OneTimeTearDown]
    public void Stop()
    {
        _proxy?.Dispose();
        _application?.Dispose();
        _folder?.Delete(recursive: true);
    }

    /// <summary>Puts files into the folder before the application starts.</summary>
    protected virtual Task PrepareAsync() => Task.CompletedTask;

    /// <summary>An address of the application as its clients see it.</summary>
    protected string Url(string path) => Proxy.Address.GetLeftPart(UriPartial.Authority) + path;

    /// <summary>A path in the folder.</summary>
    protected string PathOf(string name) => Path.Combine(Folder, name);
}
