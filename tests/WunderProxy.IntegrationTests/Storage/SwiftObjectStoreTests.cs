using WunderProxy.Deployments.Storage;
using WunderProxy.Deployments.Tests.Storage;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Storage;

/// <summary>A server that refuses conditional writes and chunked uploads: <c>eng/setup.sh --with swift</c>.</summary>
[TestFixture]
[Category("Swift")]
internal sealed class SwiftObjectStoreTests : ObjectStoreContract
{
    protected override bool KeepsConditions => false;

    protected override IObjectStore Open() =>
        TestS3.Open(TestS3.Swift, TestEnvironment.Get("WUNDERPROXY_TEST_SWIFT_BUCKET"));
}
