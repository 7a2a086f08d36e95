using WunderProxy.Deployments.Storage;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Storage;

/// <summary>Opens the S3 servers of the test set-up in this process.</summary>
internal static class TestS3
{
    /// <summary>The server with conditional writes (Ceph), as the user with all rights.</summary>
    public static S3Endpoint Ceph => EndpointOf(TestEnvironment.S3Variables);

    /// <summary>The same server, as a user without any right.</summary>
    public static S3Endpoint PoorCeph => EndpointOf(TestEnvironment.PoorS3Variables);

    /// <summary>The server without conditional writes; the endpoint is absent when it was not set up.</summary>
    public static S3Endpoint Swift => new(
        TestEnvironment.Get("WUNDERPROXY_TEST_SWIFT_ENDPOINT"),
        TestEnvironment.Get("WUNDERPROXY_TEST_SWIFT_ACCESS_KEY"),
        TestEnvironment.Get("WUNDERPROXY_TEST_SWIFT_SECRET_KEY"));

    public static S3ObjectStore Open(S3Endpoint endpoint, string bucket) =>
        S3ObjectStore.Open(bucket, TimeProvider.System, endpoint);

    /// <summary>The variables by which the AWS SDK of another process finds a server.</summary>
    public static IReadOnlyDictionary<string, string> VariablesOf(S3Endpoint endpoint) =>
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["AWS_ENDPOINT_URL"] = endpoint.Url,
            ["AWS_ACCESS_KEY_ID"] = endpoint.AccessKey,
            ["AWS_SECRET_ACCESS_KEY"] = endpoint.SecretKey,
            ["AWS_REGION"] = "us-east-1",
        };

    private static S3Endpoint EndpointOf(IReadOnlyDictionary<string, string> variables) => new(
        variables["AWS_ENDPOINT_URL"], variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"]);
}
