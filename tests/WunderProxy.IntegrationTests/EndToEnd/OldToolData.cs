using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace WunderProxy.IntegrationTests.EndToEnd;

/// <summary>What the older Go tool stored: the field order, the nulls and the escapes of Go's JSON encoder, MD5 as hash.</summary>
internal static class OldToolData
{
    /// <summary>A launch config of the engine's types of 2015, all fields written out.</summary>
    public static string Config(string revision, string colour) =>
        $$$"""
        {"ContainerConfig":{"Hostname":"","Domainname":"","User":"","Memory":67108864,"MemorySwap":0,"CpuShares":0,"Cpuset":"","AttachStdin":false,"AttachStdout":false,"AttachStderr":false,"PortSpecs":null,"ExposedPorts":{"9292/tcp":{}},"Tty":false,"OpenStdin":false,"StdinOnce":false,"Env":["REVISION={{{revision}}}","COLOUR={{{colour}}}","MARKUP=\u003cb\u003e \u0026"],"Cmd":null,"Dns":null,"Image":"","Volumes":null,"VolumesFrom":"","WorkingDir":"","Entrypoint":null,"NetworkDisabled":false,"SecurityOpts":null,"OnBuild":null},"HostConfig":{"Binds":null,"ContainerIDFile":"","LxcConf":null,"Privileged":false,"PortBindings":{"9292/tcp":[{"HostIp":"127.0.0.1","HostPort":""}]},"Links":null,"PublishAllPorts":false,"Dns":null,"DnsSearch":null,"VolumesFrom":null,"NetworkMode":"","RestartPolicy":{"Name":"always","MaximumRetryCount":0}},"HealthCheckPath":"up","Revision":"{{{revision}}}","ForceReload":false}
        """;

    /// <summary>The name that the old tool gave to content: its MD5.</summary>
    [SuppressMessage("Security", "CA5351", Justification = "The old tool's hash names content; nothing secret hangs on it.")]
    public static string Hash(string content) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(content)));

    /// <summary>A history of these configs, oldest first.</summary>
    public static string History(params (string Revision, string Hash)[] entries) =>
        $"[{string.Join(',', entries.Select((entry, i) =>
            $$"""{"Revision":"{{entry.Revision}}","DeployedAt":"2015-03-0{{i + 1}}T12:00:00.12345678{{i}}Z","DeployedBy":"bob","Hash":"{{entry.Hash}}"}"""))}]";
}
